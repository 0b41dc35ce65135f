"""Level one of the governance pack leaves the office: what is withheld is nowhere, and nothing gives it away."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from assembly_release import PERIODS, AssemblyRelease, assembly_home
from prose import faults
from pypdf import PdfReader
from reading import everything, sentences_of
from typer.testing import CliRunner

from osservatorio.cli import app
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.reference import municipalities, read_seed
from osservatorio.release import open_release
from reporting.checking.verify import Verdict, verify
from reporting.context import Context
from reporting.disclosure import protect as protection
from reporting.disclosure.attacker import audit
from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import PublishedCell
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.exports import CellState
from reporting.disclosure.history import promises, publication_of
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.suppression import Suppression
from reporting.disclosure.tidy import SIGN
from reporting.governance.gathering import gather, periods_of
from reporting.governance.known import FIGURES
from reporting.governance.protection import GOVERNANCE
from reporting.model import WITHHELD, Chart, Layout, Report
from reporting.produce import Produced, produce, read_report
from reporting.protected.context import open_context
from reporting.protected.open_marts import OpenRelease
from reporting.protected.protecting import protected_view
from reporting.protected.view import ProtectedView
from reporting.queries import AMBITO
from reporting.recipes.governance import governance

AT = datetime(2023, 1, 2, 9)
KIND, PERIOD = "governance", "2022-S1"
SEMESTERS = tuple(parse_period(code) for code in PERIODS if "-S" in code)
CANARY = 7919
OPEN = ("mart_contract_hours", "mart_meetings", "mart_governance", "mart_data_quality", "mart_indicators")
FEW = "affido_24_mesi"


def few_placements(release: AssemblyRelease) -> None:
    """Three fosterings near their two years in all the Ambito, one in each of three municipalities."""
    for mart in ("mart_deadlines", "mart_deadline_counts"):
        for row in release.marts[mart]:
            if row["deadline_kind"] == FEW and mart == "mart_deadline_counts":
                counted = {"108030": (1, 0), "108039": (0, 1), "108018": (1, 0), AMBITO: (2, 1)}
                past, ahead = counted.get(row["municipality_code"], (0, 0))
                row.update(overdue=past, upcoming=ahead, deadlines=past + ahead)


@pytest.fixture(scope="module")
def pack_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return assembly_home(tmp_path_factory.mktemp("first_level") / "home", few_placements)


@pytest.fixture(scope="module")
def fresh(pack_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same home before anything was produced."""
    return Home(shutil.copytree(pack_home.root, tmp_path_factory.mktemp("fresh") / "home"))


@pytest.fixture(scope="module")
def pack(fresh: Home, pack_home: Home) -> Produced:
    """The pack of the first semester of 2022; `fresh` was copied before."""
    return produce(pack_home, KIND, PERIOD, at=AT)


@pytest.fixture(scope="module")
def report(pack: Produced) -> Report:
    return pack.report


@pytest.fixture
def exact_context(pack_home: Home) -> Iterator[Context]:
    period = parse_period(PERIOD)
    with open_release(pack_home) as release:
        yield Context(release, period, period.year_before, is_complete=True)


def text_of(path: Path) -> str:
    """All that a file of the pack says, whatever its format."""
    if path.suffix == ".pdf":
        return " ".join(page.extract_text() for page in PdfReader(path).pages)
    texts = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            content = package.read(name)
            if content[:2] == b"PK":  # the data of a native chart
                with zipfile.ZipFile(io.BytesIO(content)) as inner:
                    texts += [inner.read(one).decode("utf-8", "replace") for one in inner.namelist()]
            texts.append(content.decode("utf-8", "replace"))
    return " ".join(texts)


# Together with the other packs


@pytest.fixture(scope="module")
def shelf(fresh: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where all packs of two years left, whatever the order: a first semester, a year, a second semester."""
    home = Home(shutil.copytree(fresh.root, tmp_path_factory.mktemp("shelf") / "home"))
    for kind, period in (
        (KIND, "2021-S2"),
        (KIND, "2022-S1"),
        ("assemblea", "2022"),
        (KIND, "2022-S2"),
        ("assemblea", "2021"),
    ):
        read_report(home, kind, period, at=AT)
    return home


def test_both_semesters_and_the_year_of_the_assembly_give_nothing_away(shelf: Home):
    entries = Ledger(shelf).entries()
    found = audit_ledger(entries, Policy(), exact=True)
    print(f"{len(entries)} esportazioni, {found.withheld} celle oscurate, {len(found.breaches)} ricavabili")
    assert [entry.export.export for entry in entries] == [
        "governance 2021",
        "governance 2022",
        "assemblea 2022",
        "assemblea 2021",
    ]
    assert found.withheld > 200
    assert found.breaches == ()


def test_hardly_a_cell_is_withheld_in_vain(exact_context: Context, pack_home: Home, pack: Produced):
    """The attacker does attack: of the cells withheld for the others' sake, nearly any one shown gives something away.

    Nearly: the pattern found is among the smallest, not always one from which nothing can be left out.
    """
    (entry,) = Ledger(pack_home).entries()
    publication = publication_of(entry)
    given = gather(exact_context, periods_of(exact_context))
    true = {(table.key, c.measure, c.place): c.value for table in given.tables for c in table.cells}
    tried = refused = 0
    for number, table in enumerate(entry.export.tables):
        for place, cell in enumerate(table.cells):
            if cell.state is not CellState.WITHHELD or not true[table.key, cell.measure, cell.place]:
                continue
            printed = list(publication.tables[number].cells)
            value = true[table.key, cell.measure, cell.place]
            printed[place] = replace(printed[place], value=value, is_withheld=False)
            tables = list(publication.tables)
            tables[number] = replace(tables[number], cells=tuple(printed))
            bold = replace(publication, tables=tuple(tables))
            found = audit([bold], Policy(), demands=promises([entry]), explain=False)
            tried += 1
            refused += any(
                (one.cell.measure, one.cell.place) != (cell.measure, cell.place) for one in found.breaches
            )
    print(f"{refused} volte su {tried} il verificatore rifiuta")
    assert tried > 20
    assert refused > 0.9 * tried


def test_one_entry_of_the_register_is_of_both_semesters(pack_home: Home, pack: Produced, tmp_path: Path):
    home = Home(shutil.copytree(pack_home.root, tmp_path / "home"))  # the first semester has left
    second = read_report(home, KIND, "2022-S2", at=AT)
    assert len(Ledger(home).entries()) == 1
    assert pack.report.protected == second.protected


# What is withheld is nowhere


def test_no_figure_of_few_persons_is_in_any_file(pack_home: Home, pack: Produced, tmp_path: Path):
    """Every figure that the pack does not show is made another: of each municipality and of the Ambito a canary, and a
    small one another small one. The files that the register makes again are the same, byte for byte.
    """
    home = Home(shutil.copytree(pack_home.root, tmp_path / "home"))
    shutil.rmtree(home.reports)
    release = next(home.releases.glob("*.duckdb"))
    hidden = {
        (FIGURES[cell.measure].mart, FIGURES[cell.measure].column, *sorted(cell.place))
        for table in pack.report.protected.tables
        for cell in table.cells
        if cell.is_withheld
    }
    changed = 0
    with connect(release) as connection:
        columns = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'main' and "
            "data_type in ('BIGINT', 'DOUBLE', 'INTEGER', 'DECIMAL(18,2)') order by all"
        ).fetchall()
        for mart, column in columns:
            names = [row[0] for row in connection.execute(f"describe {mart}").fetchall()]
            if mart not in OPEN and column != "year" and "municipality_code" in names:
                connection.execute(
                    f"update {mart} set {column} = {CANARY} where municipality_code <> 'AMBITO'"
                )
        for mart, column, *codes in sorted(hidden):
            where = [f"municipality_code = '{AMBITO}'"]
            for code in codes:
                name = _column_of(code)
                where.append(f"{name} = '{code}'")
            another = f"case when {column} between 1 and 4 then {column} % 4 + 1 else {CANARY} end"
            connection.execute(f"update {mart} set {column} = {another} where {' and '.join(where)}")
            changed += 1
        dates = "oldest_due_date = date '2019-07-19', next_due_date = date '2029-07-19'"
        connection.execute(f"update mart_deadline_counts set {dates}")
    assert changed > 40
    made = produce(home, KIND, PERIOD)
    assert made.files.keys() == {"pdf", "docx", "xlsx", "pptx"}
    for name, path in made.files.items():
        assert path.read_bytes() == pack.files[name].read_bytes(), name
        text = text_of(path)
        assert str(CANARY) not in text.replace(".", "")
        for told in ("19/07/2019", "2019-07-19", "19/07/2029"):
            assert told not in text


def _column_of(code: str) -> str:
    if code[:4].isdigit():
        return "period"
    if code in {row["deadline_kind"] for row in read_seed("deadline_kinds")}:
        return "deadline_kind"
    return "rule_id" if code in {row["rule_id"] for row in read_seed("rules")} else "service_code"


def test_no_municipality_has_a_figure_of_its_own(pack: Produced):
    for path in pack.files.values():
        text = text_of(path)
        for town in municipalities().values():
            if town.name != "Seregno":  # it names the Ambito
                assert town.name not in text, (path.name, town.name)
        assert town.code not in text


def test_no_day_of_a_deadline_is_told(report: Report):
    table = report.table("governo_scadenze")
    assert [column.key for column in table.columns] == [
        "scadenza",
        "scadenze_passate",
        "scadenze_vicine",
        "scadenze_tutte",
    ]
    assert "governo_scadenze_comune" not in {one.key for one in report.tables}


def test_the_recipe_cannot_reach_an_exact_count(exact_context: Context, pack_home: Home, pack: Produced):
    view = protected_view(pack_home, KIND, GOVERNANCE, exact_context)
    with OpenRelease(exact_context.release, GOVERNANCE.open_marts, view.indicators) as opened:
        tables = opened.rows(
            "select table_name from information_schema.tables where table_schema = 'main' order by 1"
        )
        assert [name for (name,) in tables] == [
            "mart_contract_hours",
            "mart_governance",
            "mart_indicators",
            "mart_meetings",
            "mart_rule_compliance",
        ]
        told = opened.rows(
            "select count(checked) from mart_rule_compliance inner join seeds.rules using (rule_id) "
            "where period_kind = 'record'"
        )
        assert told == [(0,)]
        for mart in ("mart_meetings", "mart_governance"):
            assert opened.rows(f"select count(cases_examined) from {mart}") == [(0,)]
        indicators = opened.rows(
            "select distinct indicator_code, municipality_code, service_code from mart_indicators"
        )
        assert {row[1:] for row in indicators} == {(AMBITO, "TUTTI")}
        attached = opened.rows("select database_name from duckdb_databases() where not internal")
        assert attached == [("memory",)]


def test_a_semester_withheld_whole_still_makes_a_pack_without_a_figure(
    exact_context: Context, pack_home: Home, pack: Produced
):
    """No sentence, point or slide is made of a withheld figure."""
    view = protected_view(pack_home, KIND, GOVERNANCE, exact_context)
    dark = tuple(
        replace(t, cells=tuple(PublishedCell(c.place, c.measure, None, True) for c in t.cells))
        for t in view.tables
    )
    keys = {"quota_conformita", "scadenze_tutte", "risposte_entro_termine", "reclami_termine_valutabile"}
    keys |= {"quota_entro_termine", "quota_spesa_anno", "scarto_spesa"}
    rests = {name: WITHHELD if name[0] in keys else value for name, value in view._derived.items()}
    hidden = ProtectedView(view.known, dark, view.accounts, view.policy, (), rests)
    with (opened := open_context(GOVERNANCE, exact_context, hidden, SEMESTERS)).release:
        made = governance(opened)
    for section in made.sections[:2]:
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, sentence)
    words = " ".join(slide.title for slide in made.slides)
    for told in ("sono in carico", "si sono aperte", "reclami (", "scadenze sono", "9%"):
        assert told not in words
    drawn = {block.key for section in made.sections for block in section.blocks if isinstance(block, Chart)}
    assert drawn == {"grafico_governo_ore", "grafico_governo_decisioni"}
    points = {row.values[0] for row in made.table("governo_punti").rows}
    assert points <= {"Ore previste", "Decisioni precedenti", "Incontri tecnici"}
    assert all(item.value is WITHHELD for item in made.slides[0].block.items)


# What is left out is said


def test_a_point_on_few_persons_is_left_out_and_that_is_said(report: Report):
    assert report.table("governo_scadenze").value(FEW, "scadenze_tutte") is WITHHELD
    titles = [row.values[0] for row in report.table("governo_punti").rows]
    assert "Affidi" not in titles
    printed = " ".join(sentences_of(report.sections[1]))
    assert "«Affidi»" in printed
    assert "nell'edizione di secondo livello" in printed
    assert "«Affidi»" in report.slides[-1].note


def test_the_office_has_in_its_edition_what_is_left_out(pack_home: Home, report: Report):
    exact = read_report(pack_home, "governance_tecnica", PERIOD)
    assert "Affidi" in [row.values[0] for row in exact.table("governo_punti").rows]
    assert exact.table("governo_scadenze").value(FEW, "scadenze_tutte") == 3
    hidden = [row for row in report.table("governo_regole").rows if WITHHELD in row.values]
    assert hidden
    for row in hidden:
        values = exact.table("governo_regole").value(row.key, "verifiche_non_conformi")
        assert isinstance(values, int)
    assert not any(WITHHELD in row.values for table in exact.tables for row in table.rows)
    town = read_report(pack_home, "governance_tecnica", PERIOD, comune="meda")
    assert town.table("governo_casistica").value("TUTTI", "minori_in_carico_fine") is not None


def test_withheld_rules_stand_apart_in_the_order_of_the_documents(report: Report):
    table = report.table("governo_regole")
    place = table.position("quota_conformita")
    rates = [row.values[place] for row in table.rows]
    first = rates.index(WITHHELD)
    assert rates[:first] == sorted(rates[:first])
    assert all(rate is WITHHELD for rate in rates[first:])
    order = [rule["rule_id"] for rule in sorted(read_seed("rules"), key=lambda rule: int(rule["sort_order"]))]
    apart = [order.index(row.key[0]) for row in table.rows[first:]]
    assert apart == sorted(apart)
    worst = report.table("governo_regole_peggiori")
    assert not any(row.values[worst.position("quota_conformita")] is WITHHELD for row in worst.rows)


def test_the_pack_says_who_may_read_it(report: Report):
    printed = everything(report)
    assert report.layout is Layout.BRIEF
    assert report.notices[-1].title == "Dati protetti, per gli incontri di governance"
    assert "numeri esatti, anche di pochi casi" not in printed
    assert "[c]" in SIGN
    account = report.table("oscuramenti")
    assert account.value("totale", "withheld") == sum(table.withheld for table in report.protected.tables)
    for section in report.sections:
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, faults(sentence), sentence)


def test_shown_figures_are_the_true_ones(exact_context: Context, report: Report):
    given = gather(exact_context, periods_of(exact_context))
    shown = 0
    for table, true in zip(report.protected.tables, given.tables, strict=True):
        for cell, fact in zip(table.cells, true.cells, strict=True):
            if not cell.is_withheld:
                assert cell.value == fact.value
                shown += 1
    assert shown > 400


# Producing


def test_two_homes_give_the_same_bytes_and_the_register_makes_them_again(
    fresh: Home, pack_home: Home, pack: Produced, tmp_path: Path
):
    home = Home(shutil.copytree(fresh.root, tmp_path / "home"))
    done = CliRunner().invoke(app, ["report", KIND, PERIOD, "--home", str(home.root)])
    assert done.exit_code == 0, done.output
    for name, path in pack.files.items():
        assert (home.reports / path.parent.name / path.name).read_bytes() == path.read_bytes(), name
        assert verify(pack_home, path).verdict is Verdict.IDENTICAL, name
    assert len(Ledger(pack_home).entries()) == 1


def test_the_pack_has_no_edition_of_a_municipality(pack_home: Home):
    with pytest.raises(UserError, match=r"è uno solo per tutto l'Ambito.*Meda.*«--livello 2»") as refused:
        read_report(pack_home, KIND, PERIOD, comune="meda", at=AT)
    assert refused.value.exit_code == 2


def test_a_failed_audit_writes_nothing(fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = Home(shutil.copytree(fresh.root, tmp_path / "home"))

    def careless(known, system, layouts, sensitive, policy, seed, effort, refused) -> Suppression:
        return Suppression(frozenset(sensitive), frozenset(sensitive), (), (), 0.0, 0.0, 0)

    monkeypatch.setattr(protection, "suppress", careless)
    monkeypatch.setattr(protection, "MOST_TRIES", 1)
    with pytest.raises(
        DisclosureError, match=r"La verifica di riservatezza non è superata.*Nulla è stato scritto"
    ):
        produce(home, KIND, PERIOD, at=AT)
    assert not list(home.reports.rglob("governance*"))
    assert Ledger(home).entries() == []


def test_without_a_key_or_a_register_there_is_no_pack(fresh: Home, tmp_path: Path):
    with pytest.raises(UserError, match=r"«governance 2022».*osservatorio report governance 2022-S1"):
        read_report(fresh, KIND, PERIOD)
    home = Home(shutil.copytree(fresh.root, tmp_path / "home"))
    shutil.rmtree(home.keys)
    with pytest.raises(UserError):
        produce(home, KIND, PERIOD, at=AT)


def test_a_running_semester_leaves_its_year_and_its_successor_out(tmp_path: Path):
    """In July the figures of the second semester are few, and would cost the first its own."""

    def running(release: AssemblyRelease) -> None:
        for rows in release.marts.values():
            for row in rows:
                if row.get("period") in ("2022", "2022-S2") and "is_complete" in row:
                    row["is_complete"] = False

    home = assembly_home(tmp_path / "home", running)
    with open_release(home) as release:
        period = parse_period(PERIOD)
        context = Context(release, period, period.year_before, is_complete=True)
        assert [one.code for one in periods_of(context)] == ["2021-S1", "2021-S2", "2022-S1", "2021"]
        own = replace(context, period=parse_period("2022-S2"), is_complete=False)
        assert [one.code for one in periods_of(own)] == ["2021-S1", "2021-S2", "2022-S1", "2022-S2", "2021"]
    first = read_report(home, KIND, "2022-S1", at=AT)
    second = read_report(home, KIND, "2022-S2", at=AT)
    assert first.protected != second.protected
    assert read_report(home, KIND, "2022-S1").protected == first.protected
    assert read_report(home, KIND, "2022-S2").protected == second.protected
