"""The governance pack: two pages that are two, points by their thresholds, lists that hold exactly their records.

The pages are made here from figures of which none is withheld, as in level two; their protection is tested beside.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from governance_release import COVERED, PSEUDONYM, uneven_rules
from pypdf import PdfReader
from report_release import AS_OF, FakeRelease

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import new_key
from osservatorio.periods import parse_period
from osservatorio.produced_reports import FILE
from osservatorio.reference import SEEDS, municipalities, read_seed
from osservatorio.release import open_release
from reporting.context import Context
from reporting.documents.pdf import pdf
from reporting.documents.workbook import sheet_name
from reporting.governance.context import exact_context
from reporting.governance.derived import COMPLIANCE, ELAPSED, EXECUTION
from reporting.governance.known import NOT_ASSESSABLE, OVERDUE
from reporting.kinds import KINDS
from reporting.model import Chart, Layout, Report, Table
from reporting.produce import produce, read_report
from reporting.protected import known
from reporting.recipes.governance import governance
from reporting.sections.governo_correzioni import PRINTED
from reporting.statements import beside

FIRST, SECOND, PERIOD = "governance", "governance_tecnica", "2022-S1"
READ = (
    "mart_rule_compliance",
    "mart_rule_findings",
    "mart_deadlines",
    "mart_deadline_counts",
    "mart_meetings",
    "mart_governance",
    "mart_budget_progress",
    "mart_contract_hours",
    "mart_complaints",
    "mart_indicators",
)
LONG = "Una regola dal titolo assai lungo, che spiega con molte parole che cosa si deve fare e quando"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return uneven_rules(FakeRelease(Home(tmp_path_factory.mktemp("pack_home")))).write()


@pytest.fixture
def home_with(tmp_path: Path) -> Callable[[Callable[[FakeRelease], None]], Home]:
    """As everywhere in this room, of the release of this module."""

    def make(change: Callable[[FakeRelease], None]) -> Home:
        release = uneven_rules(FakeRelease(Home(tmp_path / "home")))
        change(release)
        return release.write()

    return make


def bare(home: Home, period: str = PERIOD) -> Report:
    """The first level as if nothing had to be withheld."""
    now = parse_period(period)
    with open_release(home) as release:
        before = now.year_before if now.year_before.code in COVERED else None
        context = Context(release, now, before, now.end <= release.as_of)
        return governance(exact_context(context))


@pytest.fixture(scope="module")
def first(home: Home) -> Report:
    return bare(home)


@pytest.fixture(scope="module")
def second(home: Home) -> Report:
    return read_report(home, SECOND, PERIOD)


def pages(report: Report, tmp_path) -> list[str]:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(report))
    return [page.extract_text() for page in PdfReader(path).pages]


def points(report: Report) -> list[str]:
    table = next((table for table in report.tables if table.key == "governo_punti"), None)
    return [row.values[0] for row in table.rows] if table else []


def crowd(release: FakeRelease) -> None:
    """As much as there can be: every rule broken under a long title, every point on the table, many meetings."""
    rules = pd.read_csv(SEEDS / "rules.csv")
    rules["title"] = LONG
    release.seeds["rules"] = rules
    for row in release.marts["mart_rule_compliance"]:
        row.update(compliant=40, not_compliant=60, not_assessable=70, compliance_rate=0.4)
    for row in release.marts["mart_complaints"]:
        row.update(received=12, term_assessable=12, answered_within_term=5, answered_within_term_rate=5 / 12)
    for row in release.marts["mart_contract_hours"]:
        row.update(coverage_rate=0.7)
    for row in release.marts["mart_budget_progress"]:
        row.update(execution_gap=-0.3)


def must_be_two_pages(texts: list[str]) -> None:
    assert "1. Come è andato il semestre" in texts[0]
    assert "2. Che cosa decidere" in texts[1]
    assert "Punti da decidere" in texts[1] or "Nessun punto" in texts[1]
    assert texts[2].startswith("Appendice A. Regole, scadenze e decisioni")
    for text in texts:
        assert re.search(rf"pagina \d+ di {len(texts)}", text)


def test_two_pages_to_decide_from(first: Report, tmp_path):
    must_be_two_pages(pages(first, tmp_path))


@pytest.mark.parametrize("period", ["2021-S1", "2022-S1", "2022-S2"])
def test_two_pages_however_much_there_is(home_with: Callable, tmp_path, period: str):
    report = bare(home_with(crowd), period)
    assert len(report.table("governo_regole").rows) > 20
    # Hours are told short at the end of a semester only.
    assert len(points(report)) == len(read_seed("decision_points")) - (period == "2022-S2")
    must_be_two_pages(pages(report, tmp_path))


def test_two_pages_with_nothing_to_say(home_with: Callable, tmp_path):
    def nothing(release: FakeRelease) -> None:
        for mart in READ:
            release.marts[mart] = []

    place = home_with(nothing)
    texts = pages(bare(place), tmp_path)
    must_be_two_pages(texts)
    words = " ".join(" ".join(texts[:2]).split())
    for told in (
        "non risultano verifiche delle regole",
        "non risultano decisioni da attuare",
        "non risultano risorse assegnate né spese",
        "non risultano ore da confrontare",
        "non risultano reclami",
        "Nessun punto supera le soglie convenute",
    ):
        assert told in words, told
    lists = read_report(place, SECOND, PERIOD)
    assert "non risultano dati da verificare" in " ".join(section.lead for section in lists.sections)
    assert produce(place, SECOND, PERIOD).files.keys() == {"pdf", "docx", "xlsx"}


def test_the_first_level_names_no_record(home: Home, first: Report):
    """Aggregates only: municipalities, rules and meetings, never a case."""
    with open_release(home) as release:
        ids = {
            row[0]
            for mart in ("mart_deadlines", "mart_rule_findings")
            for row in release.rows(f"select record_id from {mart}")
        }
    cells = {str(value) for table in first.tables for row in table.rows for value in row.values}
    assert ids
    assert not ids & cells
    assert first.layout is Layout.BRIEF


def test_rules_stand_from_the_worst(first: Report):
    table = first.table("governo_regole")
    rates = [row.values[table.position(COMPLIANCE)] for row in table.rows]
    assert None not in rates
    assert rates == sorted(rates)
    worst = first.table("governo_regole_peggiori")
    assert [row.key for row in worst.rows] == [row.key for row in table.rows[: len(worst.rows)]]
    broken = [worst.position(name) for name in (known.NOT_COMPLIANT, NOT_ASSESSABLE)]
    assert all(any(row.values[place] for place in broken) for row in worst.rows)


def test_figures_are_cells_of_the_marts(home: Home, first: Report):
    with open_release(home) as release:
        (spent,) = release.rows(
            "select execution_rate, share_elapsed from mart_budget_progress where period = ? and municipality_code = 'AMBITO' "
            "and area = 'TUTTE'",
            [PERIOD],
        )
        counts = dict(
            release.rows(
                "select deadline_kind, overdue from mart_deadline_counts where municipality_code = 'AMBITO'"
            )
        )
    table = first.table("governo_risorse")
    assert (table.value("TUTTE", EXECUTION), table.value("TUTTE", ELAPSED)) == pytest.approx(spent)
    shown = first.table("governo_scadenze")
    assert {row.key[0]: row.values[shown.position(OVERDUE)] for row in shown.rows} == counts


def test_decisions_are_those_of_meetings_held_by_then(first: Report):
    table = first.table("governo_decisioni")
    days = [row.values[table.position("meeting_date")] for row in table.rows]
    assert max(days) <= date(2022, 6, 30)
    assert all(row.values[table.position("decisions_open")] > 0 for row in table.rows)
    chart = next(b for s in first.sections for b in s.blocks if isinstance(b, Chart) and b.table == table.key)
    levels = [row.values[table.position("level_name")] for row in table.rows]
    assert levels == sorted(levels)
    assert levels[0] == chart.group


def rates(**changes: object) -> Callable[[FakeRelease], None]:
    """Change every row of a mart: `mart__column=value`."""

    def change(release: FakeRelease) -> None:
        for name, value in changes.items():
            mart, _, column = name.partition("__")
            for row in release.marts[f"mart_{mart}"]:
                row[column] = value

    return change


AT_THE_THRESHOLD = {
    "deadline_counts__overdue": 1,
    "deadline_counts__oldest_due_date": AS_OF,
    "deadline_counts__deadlines": 1,
    "rule_compliance__compliance_rate": 0.9499,
    "rule_compliance__not_assessable": 20,
    "budget_progress__execution_gap": -0.1,
    "contract_hours__coverage_rate": 0.999,
    "complaints__answered_within_term_rate": 0.99,
    "meetings__days_since": 180,
    "governance__months_without_meeting": 1,
}
SHORT_OF_IT = {
    "deadline_counts__overdue": 0,
    "deadline_counts__deadlines": 0,
    "rule_compliance__compliance_rate": 0.95,
    "rule_compliance__not_assessable": 0,
    "budget_progress__execution_gap": 0.0999,
    "contract_hours__coverage_rate": 1.0,
    "complaints__answered_within_term_rate": 1.0,
    "meetings__days_since": 179,
    "governance__months_without_meeting": 0,
}


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (130, 100, "+30 (+30,0%)"),
        (90, 100, "−10 (−10,0%)"),
        (12, 7, "+5 (numeri piccoli)"),
        (40, 0, "+40 (numeri piccoli)"),
        (7, 7, "come un anno prima"),
        (7, None, ""),
        (None, 7, ""),
    ],
)
def test_a_change_stands_beside_its_figure(now, before, expected: str):
    assert beside(now, before) == expected


def test_points_come_at_their_thresholds(home_with: Callable):
    titles = [row["title"] for row in read_seed("decision_points")]
    assert points(bare(home_with(rates(**AT_THE_THRESHOLD)))) == titles


def test_no_point_comes_before_its_threshold(home_with: Callable):
    assert points(bare(home_with(rates(**SHORT_OF_IT)))) == []


@pytest.mark.parametrize(
    ("title", "change"),
    [
        ("Relazioni all'Autorità giudiziaria", {"deadline_counts__overdue": 1, "deadline_counts__oldest_due_date": AS_OF}),
        ("Risorse", {"budget_progress__execution_gap": -0.1}),
        ("Decisioni precedenti", {"meetings__days_since": 180}),
    ],
)  # fmt: skip
def test_a_point_comes_for_its_own_reason(home_with: Callable, title: str, change: dict):
    assert points(bare(home_with(rates(**SHORT_OF_IT | change)))) == [title]


@pytest.mark.parametrize(("unknown", "expected"), [(19, []), (20, ["Dati mancanti"])])
def test_missing_data_count_over_all_rules(home_with: Callable, unknown: int, expected: list[str]):
    def change(release: FakeRelease) -> None:
        rates(**SHORT_OF_IT)(release)
        for row in release.marts["mart_rule_compliance"]:
            if row["rule_id"] in ("R10.1", "R13.1"):
                row["not_assessable"] = 9 if row["rule_id"] == "R10.1" else unknown - 9

    assert points(bare(home_with(change))) == expected


def test_thresholds_are_printed_and_questions_end_the_points(first: Report):
    seed = read_seed("decision_points")
    table = first.table("governo_soglie")
    assert [row.values[0] for row in table.rows] == [row["title"] for row in seed]
    questions = {row["title"]: row["question"] for row in seed}
    assert all(row.values[2] == questions[row.values[0]] for row in first.table("governo_punti").rows)
    assert all(row["condition"].endswith(".") and row["question"].endswith(".") for row in seed)


def test_hours_of_a_running_semester_are_not_called_short(home_with: Callable):
    place = home_with(rates(contract_hours__coverage_rate=0.5))
    running = bare(place, "2022-S2")
    assert "Ore previste" not in points(running)
    words = " ".join(slide.title for slide in running.slides)
    assert "Ore lavorate finora" in words
    over = bare(place)
    assert "Ore sotto quelle previste" in " ".join(slide.title for slide in over.slides)
    assert "Ore previste" in points(over)


@pytest.mark.parametrize("town", [None, "meda"])
def test_lists_hold_exactly_their_records(home: Home, town: str | None):
    report = read_report(home, SECOND, PERIOD, comune=town)
    code = next((t.code for t in municipalities().values() if t.slug == town), None)
    of_town = f"municipality_code = '{code}'" if code else "true"
    with open_release(home) as release:
        for kind in read_seed("deadline_kinds"):
            expected = release.rows(
                f"select codice_ente, record_id, due_date, days_left from mart_deadlines where deadline_kind = ? and {of_town}",
                [kind["deadline_kind"]],
            )
            table = report.table(f"elenco_{kind['deadline_kind']}")
            places = [table.position(name) for name in ("due_date", "days_left")]
            found = [(*row.key, *(row.values[place] for place in places)) for row in table.rows]
            assert sorted(found) == sorted(expected)
            assert [row[2] for row in found] == [r[2] for r in found]
        findings = release.rows(
            f"select count(*) from mart_rule_findings where event_date between '2022-01-01' and '2022-06-30' and {of_town}"
        )
    everything = next((t for t in report.tables if t.key == "correzioni_tutte"), report.table("correzioni"))
    assert (len(everything.rows),) == findings[0]


def test_lists_are_in_the_order_of_their_days(second: Report):
    table = second.table("elenco_relazione_ag")
    place, day = table.position("municipality_name"), table.position("due_date")
    rows = [(row.values[place], row.values[day]) for row in table.rows]
    towns = list(dict.fromkeys(town for town, _ in rows))
    assert towns == sorted(towns)
    assert rows == sorted(rows)


def test_findings_are_as_many_as_the_counts_say(home: Home, second: Report):
    with open_release(home) as release:
        ((counted,),) = release.rows(
            "select not_compliant + not_assessable from mart_rule_compliance where period = ? and rule_id = 'TUTTE' "
            "and municipality_code = 'AMBITO'",
            [PERIOD],
        )
    table = next((t for t in second.tables if t.key == "correzioni_tutte"), second.table("correzioni"))
    assert len(table.rows) == counted
    told = {row.key[0] for row in second.table("correzioni_regole").rows}
    assert told == {row.values[table.position("rule_id")] for row in table.rows}


def test_print_has_the_first_of_each_rule_and_the_workbook_all(home_with: Callable):
    def many(release: FakeRelease) -> None:
        row = next(r for r in release.marts["mart_rule_findings"] if r["event_date"].year == 2022)
        for number in range(50):
            changed = {"record_id": f"N-{number}", "event_date": date(2022, 1, 1) + timedelta(days=number)}
            release.marts["mart_rule_findings"].append({**row, **changed})

    place = home_with(many)
    report = read_report(place, SECOND, PERIOD)
    printed, everything = report.table("correzioni"), report.table("correzioni_tutte")
    assert printed.in_print
    assert not everything.in_print
    left = len(everything.rows) - len(printed.rows)
    assert left >= 50 - PRINTED
    assert f"gli altri {left} sono" in printed.note
    book = openpyxl.load_workbook(produce(place, SECOND, PERIOD, formats=("xlsx",)).files["xlsx"])
    cells = {cell.value for row in book[sheet_name(everything)].iter_rows() for cell in row}
    assert {f"N-{number}" for number in range(50)} <= cells


def test_professionals_are_known_by_what_the_office_can_look_up(home: Home):
    """Their id is a pseudonym: profile, employer and first day stand in its place."""
    produced = produce(home, SECOND, PERIOD)
    table = next(
        (t for t in produced.report.tables if t.key == "correzioni_tutte"),
        produced.report.table("correzioni"),
    )
    of_persons = [row for row in table.rows if row.values[table.position("rule_id")] == "C-CV"]
    assert of_persons
    assert all("Educatore ·" in row.values[table.position("record_id")] for row in of_persons)
    texts = " ".join(page.extract_text() for page in PdfReader(produced.files["pdf"]).pages)
    assert PSEUDONYM[:32] not in texts.replace("\n", "")
    for table in produced.report.tables:
        assert not [row for row in table.rows for part in row.key if re.fullmatch(r"[0-9a-f]{64}", part)]


def test_a_municipality_sees_its_own_records_alone(home: Home):
    others = {town.slug for town in municipalities().values()} - {"meda"}
    report = read_report(home, SECOND, PERIOD, comune="meda")
    cells = {str(value) for table in report.tables for row in table.rows for value in row.values}
    assert any("meda" in cell for cell in cells)
    assert not [cell for cell in cells for slug in others if f"-{slug}-" in cell]


def test_a_release_of_before_is_refused_with_a_word(home_with: Callable):
    def older(release: FakeRelease) -> None:
        del release.marts["mart_deadlines"]
        seed = [row for row in release.columns if row["mart"] != "mart_deadlines"]
        release.seeds["mart_columns"] = pd.DataFrame(seed)

    place = home_with(older)
    new_key(place, encrypted=False)
    for kind in (FIRST, SECOND):
        with pytest.raises(UserError, match="versione precedente") as error:
            read_report(place, kind, PERIOD, at=datetime(2022, 10, 3))
        assert error.value.exit_code == 2


def test_the_level_chooses_the_kind(home: Home, monkeypatch: pytest.MonkeyPatch):
    from typer.testing import CliRunner

    from osservatorio.commands import report as command

    asked: list[str] = []
    monkeypatch.setattr(command, "write_report", lambda home, kind, *rest: asked.append(kind) or {})
    for level in (["--livello", "1"], ["--livello", "2"], []):
        assert CliRunner().invoke(command.app, ["governance", PERIOD, *level]).exit_code == 0
    assert asked == [FIRST, SECOND, FIRST]
    assert CliRunner().invoke(command.app, ["governance", PERIOD, "--livello", "3"]).exit_code == 2
    assert set(asked) <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_of_what_was_produced_knows_the_files_of_every_kind(kind: str):
    for slug in ("", "lentate_sul_seveso"):
        stem = "_".join(part for part in (kind, "2022-S1", slug) if part)
        found = FILE.fullmatch(f"{stem}.pdf")
        assert (found["kind"], found["period"], found["slug"] or "") == (kind, "2022-S1", slug)


def test_the_pack_has_no_day_by_which_it_is_due(home: Home):
    from reporting.due.calendar import calendar

    with open_release(home) as release:
        due = {item.report.kind.key for item in calendar(home, release, AS_OF, {})}
    assert "semestrale" in due
    assert not due & {FIRST, SECOND}


def test_tables_of_the_pack_keep_their_shape(first: Report, second: Report):
    for report in (first, second):
        for table in report.tables:
            assert isinstance(table, Table)
            assert all(len(row.values) == len(table.columns) for row in table.rows)
            keys = [row.key for row in table.rows]
            assert len(keys) == len(set(keys)), table.key
            assert len(sheet_name(table)) <= 31
        charts = [block for s in report.sections for block in s.blocks if isinstance(block, Chart)]
        assert charts
        assert all(len(chart.alt) > 40 for chart in charts)
