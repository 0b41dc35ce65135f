"""The annual synthesis and the evaluation: their figures, their periods side by side, their texts and files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from prose import faults
from pypdf import PdfReader
from reading import section_text, sentences_of
from report_release import FakeRelease

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import open_release
from reporting.documents.workbook import sheet_name
from reporting.kinds import KINDS
from reporting.model import Chart, Report, Table
from reporting.over_time import half_key
from reporting.produce import produce, read_report

YEARLY = ("annuale", "valutazione")
NOBODY = ("open_at_start", "opened", "closed", "open_at_end", "minors_at_end", "minors_in_period")


@pytest.fixture(scope="module")
def annuale(read_year: Callable[..., Report]) -> Report:
    return read_year("annuale", "2022")


@pytest.fixture(scope="module")
def valutazione(read_year: Callable[..., Report]) -> Report:
    return read_year("valutazione", "2022")


@pytest.fixture
def year_with(tmp_path: Path) -> Callable[..., Home]:
    """Make a home, at the end of 2022 or at another date, whose release a function has changed."""

    def make(change: Callable[[FakeRelease], None], as_of: date = date(2022, 12, 31)) -> Home:
        release = FakeRelease(Home(tmp_path / "home"), as_of)
        change(release)
        return release.write()

    return make


def assert_reads_right(report: Report) -> None:
    for section in report.sections:
        for sentence in sentences_of(section):
            assert not faults(sentence), (report.key, section.key, faults(sentence), sentence)
    assert all(table.rows for table in report.tables)
    for table in report.tables:
        assert all(len(row.values) == len(table.columns) for row in table.rows), table.key
        keys = [row.key for row in table.rows]
        assert len(keys) == len(set(keys)), table.key
        names = [column.key for column in table.columns]
        assert len(names) == len(set(names)), table.key


def _cell(home: Home, sql: str) -> object:
    with open_release(home) as release:
        ((value,),) = release.rows(sql)
    return value


def test_the_source_asks_for_three_parts_and_the_synthesis_has_them(annuale: Report):
    assert [section.key for section in annuale.sections[1:4]] == ["reclami", "soddisfazione", "controlli"]
    assert KINDS["annuale"].source.endswith("lett. b)")
    assert KINDS["valutazione"].source.endswith("lett. c)")


@pytest.mark.parametrize("kind", YEARLY)
def test_it_reads_right(read_year: Callable[..., Report], kind: str):
    assert_reads_right(read_year(kind, "2022"))


def test_semesters_stand_beside_the_year(annuale: Report, year_home: Home):
    table = annuale.table("reclami_ricevuti_servizio")
    for period, column in (
        ("2022-S1", half_key("received", "2022-S1")),
        ("2022-S2", half_key("received", "2022-S2")),
        ("2022", "received"),
        ("2021", "received_before"),
    ):
        expected = _cell(
            year_home,
            f"select received from mart_complaints where period = '{period}' "
            "and municipality_code = 'AMBITO' and service_code = 'TUTTI'",
        )
        assert table.value("TUTTI", column) == expected, period
    names = [column.key for column in table.columns]
    assert names.index(half_key("received", "2022-S1")) < names.index(half_key("received", "2022-S2"))
    assert names.index(half_key("received", "2022-S2")) < names.index("received")


def test_complaints_by_category_and_gravity(annuale: Report, year_home: Home):
    expected = _cell(
        year_home,
        "select received from mart_complaints_by_category where period = '2022' and category = 'tempi' "
        "and gravity = 'TUTTE' and municipality_code = 'AMBITO' and service_code = 'TUTTI'",
    )
    assert annuale.table("reclami_categoria").value("tempi", "TUTTE") == expected
    assert half_key("received", "2022-S1") in {c.key for c in annuale.table("reclami_gravita").columns}


def test_the_trend_goes_through_years_and_semesters(annuale: Report):
    rows = annuale.table("reclami_andamento").rows
    assert [row.key[0] for row in rows] == ["2021", "2021-S1", "2021-S2", "2022", "2022-S1", "2022-S2"]
    assert [row.is_total for row in rows] == [True, False, False, True, False, False]


def test_waves_have_their_phases_with_intervals(annuale: Report):
    table = annuale.table("soddisfazione_fase")
    assert {row.key[0] for row in table.rows} == {"RIL-2022"}
    assert {"satisfied_low", "satisfied_high", "mean_low", "mean_high"} <= {c.key for c in table.columns}
    assert [row.key[0] for row in annuale.table("soddisfazione_andamento").rows] == ["RIL-2021", "RIL-2022"]


def test_findings_and_their_closing(annuale: Report, year_home: Home):
    table = annuale.table("rilievi_servizio")
    closed = _cell(
        year_home,
        "select closed_findings from mart_controls where period = '2022' and municipality_code = 'AMBITO' "
        "and service_code = 'TUTTI'",
    )
    assert table.value("TUTTI", "closed_findings") == closed
    assert "Controlli con rilievi:" in section_text(annuale, "controlli")


def test_every_section_of_the_synthesis_has_the_partners_words(annuale: Report, valutazione: Report):
    keys = [text.key for text in annuale.narratives]
    assert keys == ["reclami", "soddisfazione", "controlli", "apprendimenti"]
    assert {text.key for text in valutazione.narratives} >= {"valutazione_complessiva", "aspetti_critici"}
    texts = (*annuale.narratives, *valutazione.narratives)
    assert all(text.title and text.prompt.endswith(".") for text in texts)


def test_words_are_merged_into_the_report(year_with: Callable[..., Home]):
    home = year_with(lambda release: None)
    folder = home.narratives / "annuale" / "2022"
    folder.mkdir(parents=True)
    (folder / "reclami.md").write_text("Abbiamo **risposto** a tutti.", "utf-8")
    texts = {text.key: text for text in read_report(home, "annuale", "2022").narratives}
    assert not texts["reclami"].is_missing
    assert texts["controlli"].is_missing


def test_the_evaluation_sets_shares_side_by_side(valutazione: Report, year_home: Home):
    table = valutazione.table("quote_comune")
    assert {"share_of_budget", "share_of_caseload", "share_of_resident_minors"} <= {
        column.key for column in table.columns
    }
    expected = _cell(
        year_home,
        "select share_of_budget from mart_budget where year = 2022 and municipality_code = '108039' "
        "and area = 'equipe_territoriale'",
    )
    assert table.value("108039", "share_of_budget") == pytest.approx(expected)
    hours = valutazione.table("monte_ore")
    assert hours.value("amministrativi", "coverage_rate") == pytest.approx(0.96)
    assert "amministrativi" in section_text(valutazione, "personale")


def test_compliance_is_by_article_with_the_year_before(valutazione: Report):
    table = valutazione.table("regole_articolo")
    assert table.group == "severity"
    names = [column.key for column in table.columns]
    assert {"rule_id", "article", "compliance_rate", "compliance_rate_before"} <= set(names)
    severities = [row.values[0] for row in table.rows]
    assert severities == sorted(severities, reverse=True)  # duties before what is asked as a rule


@pytest.mark.parametrize("kind", YEARLY)
def test_files_of_every_format(year_home: Home, kind: str):
    produced = produce(year_home, kind, "2022", comune="meda")
    assert {path.name for path in produced.files.values()} == {
        f"{kind}_2022_meda.{suffix}" for suffix in KINDS[kind].formats
    }
    assert len(PdfReader(produced.files["pdf"]).pages) > 5
    names = openpyxl.load_workbook(produced.files["xlsx"]).sheetnames
    assert len(names) == len({name.lower() for name in names})


@pytest.mark.parametrize("kind", ["semestrale", *YEARLY])
@pytest.mark.parametrize("town", [None, "meda", "lazzate"])
def test_names_of_sheets_fit(read_year: Callable[..., Report], kind: str, town: str | None):
    report = read_year(kind, "2022-S1" if kind == "semestrale" else "2022", town)
    assert all(len(sheet_name(table)) <= 31 for table in report.tables)
    assert not [table.sheet for table in report.tables if set(table.sheet) & set("[]:*?/\\'")]


@pytest.mark.parametrize("kind", YEARLY)
@pytest.mark.parametrize("code", ["2022-S1", "2022-06", "2019", "duemila"])
def test_a_period_that_is_no_year_of_the_release(year_home: Home, kind: str, code: str):
    with pytest.raises(UserError, match="»") as error:
        read_report(year_home, kind, code)
    assert error.value.exit_code == 2


@pytest.mark.parametrize("kind", YEARLY)
def test_the_first_year_has_nothing_to_compare_with(year_home: Home, kind: str):
    report = read_report(year_home, kind, "2021")
    assert_reads_right(report)
    printed = " ".join(sentence for section in report.sections for sentence in sentences_of(section))
    assert "rispetto all'anno 20" not in printed
    assert "anno 2020" not in printed
    if kind == "valutazione":
        outcomes = [str(row.values[-1]) for row in report.table("regole_critici").rows]
        assert any("manca un anno prima" in outcome for outcome in outcomes)


@pytest.mark.parametrize("kind", YEARLY)
def test_a_running_year_makes_no_comparison(home: Home, kind: str):
    report = read_report(home, kind, "2022")
    assert_reads_right(report)
    assert any(notice.title == "Anno non concluso" for notice in report.notices)
    printed = " ".join(sentence for section in report.sections for sentence in sentences_of(section))
    assert "rispetto all'anno 2021" not in printed
    assert "che nell'anno 2021" not in printed


@pytest.mark.parametrize("kind", YEARLY)
def test_nothing_delivered_gives_sentences(year_with: Callable[..., Home], kind: str):
    def nothing(release: FakeRelease) -> None:
        for mart in release.marts:
            if mart not in ("mart_caseload_by_municipality", "mart_service_usage"):
                release.marts[mart] = []

    report = read_report(year_with(nothing), kind, "2022")
    assert_reads_right(report)
    key = "reclami" if kind == "annuale" else "ascolto"
    assert "non risultano reclami" in section_text(report, key)


@pytest.mark.parametrize("kind", YEARLY)
def test_a_municipality_with_nothing_in_the_year(year_with: Callable[..., Home], kind: str):
    def nobody(release: FakeRelease) -> None:
        for mart, rows in release.marts.items():
            if mart == "mart_caseload_by_municipality":
                release.marts[mart] = [
                    {**row, **dict.fromkeys(NOBODY, 0), "minors_per_1000": None, "cases_per_fte": None}
                    if row["municipality_code"] == "108030"
                    else row
                    for row in rows
                ]
            else:
                release.marts[mart] = [row for row in rows if row.get("municipality_code") != "108030"]

    report = read_report(year_with(nobody), kind, "2022", comune="meda")
    assert_reads_right(report)
    own = [table for table in report.tables if table.columns[0].key == "municipality_code"]
    assert not own


def test_a_service_without_complaints_is_left_out(year_with: Callable[..., Home]):
    def only_one(release: FakeRelease) -> None:
        for row in release.marts["mart_complaints"]:
            if row["service_code"] not in ("equipe_tutela", "TUTTI"):
                row.update(received=0, answered=0, answered_within_term=0, term_assessable=0, upheld=0)

    table = read_report(year_with(only_one), "annuale", "2022").table("reclami_ricevuti_servizio")
    assert {row.key[0] for row in table.rows} <= {"equipe_tutela", "TUTTI"}


def test_one_complaint_is_singular(year_with: Callable[..., Home]):
    def one(release: FakeRelease) -> None:
        for row in release.marts["mart_complaints"]:
            is_it = row["service_code"] in ("adm", "TUTTI") and row["municipality_code"] in (
                "108030",
                "AMBITO",
            )
            count = int(is_it)
            row.update(
                received=count,
                answered=count,
                answered_within_term=0,
                term_assessable=count,
                upheld=0,
                open_at_end=count,
                median_days_to_answer=1.0 if count else None,
            )

    report = read_report(year_with(one), "annuale", "2022")
    assert_reads_right(report)
    text = section_text(report, "reclami")
    assert "è arrivato 1 reclamo" in text
    assert "La sola risposta è arrivata entro 1 giorno." in text
    assert "era senza risposta 1 reclamo" in text
    assert not [
        block for block in report.sections[1].blocks if isinstance(block, Chart) and "semestri" in block.key
    ]


def test_a_survey_with_two_answers_is_called_small(year_with: Callable[..., Home]):
    def two(release: FakeRelease) -> None:
        for row in release.marts["mart_satisfaction"]:
            row.update(distributed=3, returned=1, answers=2, satisfied=1, satisfied_rate=0.5, is_small=True)

    report = read_report(year_with(two), "annuale", "2022")
    assert_reads_right(report)
    text = section_text(report, "soddisfazione")
    assert "1 su 2 (numeri piccoli): il risultato è solo indicativo" in text
    assert "troppo poche per dire in quale fase" in text
    assert "50,0%" not in text


def test_many_answers_of_few_questionnaires_are_small(year_with: Callable[..., Home]):
    def few(release: FakeRelease) -> None:
        for row in release.marts["mart_satisfaction"]:
            row.update(
                distributed=20, returned=9, answers=81, satisfied=60, satisfied_rate=60 / 81, is_small=False
            )

    text = section_text(read_report(year_with(few), "annuale", "2022"), "soddisfazione")
    assert "60 su 81 (numeri piccoli)" in text


@pytest.mark.parametrize("kind", YEARLY)
def test_the_same_release_gives_the_same_report(read_year: Callable[..., Report], year_home: Home, kind: str):
    assert read_report(year_home, kind, "2022") == read_year(kind, "2022")


@pytest.mark.parametrize("kind", YEARLY)
def test_figures_have_definitions_and_charts_their_tables(read_year: Callable[..., Report], kind: str):
    report = read_year(kind, "2022")
    from reporting import formats

    for table in report.tables:
        for column in table.columns:
            if formats.is_numeric(column.format):
                assert column.definition, (table.key, column.key)
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Chart):
                table = report.table(block.table)
                assert isinstance(table, Table)
                assert table in section.tables, block.key
                assert len(block.alt) > 40, block.key
