"""The pack for the Assembly: protected by construction, the same in every format, and proved before it is written."""

import csv
import io
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pptx
import pytest
from assembly_release import AssemblyRelease, assembly_home
from docx import Document
from prose import faults
from pypdf import PdfReader
from reading import everything, sentences_of
from typer.testing import CliRunner
from verapdf import PROFILES, judge

from osservatorio.cli import app
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.release import open_release
from reporting.assembly.gathering import gather
from reporting.assembly.protection import ASSEMBLY
from reporting.checking.verify import Verdict, verify
from reporting.context import Context
from reporting.disclosure import protect as protection
from reporting.disclosure.attacker import audit
from reporting.disclosure.cells import PublishedCell, PublishedTable
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Combine
from reporting.disclosure.suppression import Suppression
from reporting.disclosure.tidy import SIGN, read_publications
from reporting.documents.workbook import sheet_name
from reporting.model import WITHHELD, Chart, Report, Table
from reporting.produce import Produced, produce, protected_view, read_report
from reporting.protected.context import open_context
from reporting.protected.known import RESTS
from reporting.protected.open_marts import OpenRelease
from reporting.protected.protecting import protected_view as view_as
from reporting.protected.view import ProtectedView
from reporting.queries import AMBITO, TUTTI
from reporting.recipes.assemblea import assemblea
from reporting.withheld import ON_TABLE
from reporting.words.narratives import NO_WORDS

AT = datetime(2023, 1, 2, 9)
KIND, YEAR = "assemblea", "2022"
YEARS = (parse_period("2021"), parse_period("2022"))


@pytest.fixture(scope="module")
def pack_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return assembly_home(tmp_path_factory.mktemp("pack") / "home")


@pytest.fixture(scope="module")
def fresh(pack_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same home before anything was produced."""
    return Home(shutil.copytree(pack_home.root, tmp_path_factory.mktemp("fresh") / "home"))


@pytest.fixture(scope="module")
def pack(fresh: Home, pack_home: Home) -> Produced:
    """The pack of 2022; `fresh` was copied before."""
    return produce(pack_home, KIND, YEAR, at=AT)


@pytest.fixture(scope="module")
def report(pack: Produced) -> Report:
    return pack.report


def exact(home: Home) -> Iterator[Context]:
    with open_release(home) as release:
        yield Context(release, YEARS[1], YEARS[0], True, AMBITO, NO_WORDS)


@pytest.fixture
def exact_context(pack_home: Home) -> Iterator[Context]:
    yield from exact(pack_home)


def view_of(tables: tuple[PublishedTable, ...], like: ProtectedView) -> ProtectedView:
    return ProtectedView(like.known, tables, like.accounts, like.policy)


# What is withheld is nowhere


def test_a_withheld_figure_is_the_sign_in_every_table_and_the_others_are_true(
    exact_context: Context, pack_home: Home, report: Report
):
    """The pack made with nothing withheld is the same, but where the sign stands."""
    view = view_as(pack_home, KIND, ASSEMBLY, exact_context)
    given = gather(exact_context, YEARS)
    true = tuple(
        PublishedTable(
            t.key, t.dimensions, tuple(PublishedCell(c.place, c.measure, c.value) for c in t.cells), t.title
        )
        for t in given.tables
    )
    with (
        opened := open_context(
            ASSEMBLY, exact_context, replace(view_of(true, view), indicators=view.indicators), YEARS
        )
    ).release:
        bare = assemblea(opened)
    seen = 0
    for table in report.tables:
        other = bare.table(table.key)
        if table.key in ("oscuramenti", "decisioni", "note") or "definizioni" in table.key:
            continue
        truth = {row.key: row.values for row in other.rows}
        for row in table.rows:
            for place, value in enumerate(row.values):
                if value is WITHHELD:
                    seen += 1
                    assert truth[row.key][place] is not WITHHELD or "quota" in table.columns[place].key
                elif table.columns[place].key.split("_")[0] not in (
                    "residuo",
                    "quota",
                    "spesa",
                    "differenza",
                    "ore",
                ):
                    assert value == truth[row.key][place], (table.key, row.key, table.columns[place].key)
    assert seen > 30


def test_the_recipe_cannot_reach_an_exact_count(exact_context: Context, pack_home: Home):
    view = view_as(pack_home, KIND, ASSEMBLY, exact_context)
    with OpenRelease(exact_context.release, ASSEMBLY.open_marts, view.indicators) as opened:
        tables = {
            name
            for (name,) in opened.rows(
                "select table_name from information_schema.tables where table_schema = 'main'"
            )
        }
        assert tables == {"mart_data_quality", "mart_rule_compliance", "mart_indicators"}
        with pytest.raises(duckdb.CatalogException):
            opened.rows("select * from mart_caseload_by_municipality")
        told = opened.rows(
            "select count(*), count(checked) from mart_rule_compliance inner join seeds.rules using (rule_id)"
            " where period_kind = 'record'"
        )
        assert told[0][0] > 0
        assert told[0][1] == 0
        assert all(set(delivery) == {"delivery_id"} for delivery in opened.manifest["deliveries"])
        attached = opened.rows("select database_name from duckdb_databases() where not internal")
        assert [name for (name,) in attached] == ["memory"]


@pytest.mark.usefixtures("pack")
def test_indicators_are_told_only_where_both_their_counts_are_shown(exact_context: Context, pack_home: Home):
    view = view_as(pack_home, KIND, ASSEMBLY, exact_context)
    told = {
        (place, code)
        for code, period, place, service in view.indicators
        if (period, service) == (YEAR, TUTTI)
    }
    for town in view.codes("casistica_comune", "comune"):
        shown = view.value("minori_in_carico_fine", periodo=YEAR, comune=town) is not WITHHELD
        assert ((town, "minori_in_carico_1000") in told) is shown, town
    assert any(place != AMBITO for place, _ in told)
    assert all(code != "casi_per_operatore" for _, code in told)


@pytest.mark.usefixtures("pack")
def test_a_year_withheld_whole_still_makes_a_pack_without_a_figure(exact_context: Context, pack_home: Home):
    """No sentence is made of a withheld figure: with everything withheld none has a digit but years and thresholds."""
    view = view_as(pack_home, KIND, ASSEMBLY, exact_context)
    dark = tuple(
        replace(t, cells=tuple(PublishedCell(c.place, c.measure, None, True) for c in t.cells))
        for t in view.tables
    )
    with (opened := open_context(ASSEMBLY, exact_context, view_of(dark, view), YEARS)).release:
        made = assemblea(opened)
    for section in made.sections:
        if section.key in ("qualita", "protezione", "pubblicazione", "note"):
            continue
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, sentence)
    leads = " ".join(section.lead for section in made.sections)
    assert "minori" not in leads
    assert made.table("casistica_comune").value(AMBITO, "minori_in_carico") is WITHHELD
    assert not [block for section in made.sections for block in section.blocks if isinstance(block, Chart)]


# The tables


def test_totals_add_up_where_nothing_of_a_line_is_withheld(report: Report):
    known, checked = report.protected.known, 0
    for table in report.protected.tables:
        cells = {(cell.measure, cell.place): cell.value for cell in table.cells if not cell.is_withheld}
        for place, dimension in enumerate(table.dimensions):
            lines: dict[tuple, dict[str, float]] = defaultdict(dict)
            for (measure, codes), value in cells.items():
                if measure in known.measures and known.measures[measure].combine(dimension) is Combine.SUM:
                    lines[measure, codes[:place] + codes[place + 1 :]][codes[place]] = value
            for line in lines.values():
                total = line.pop(known.dimensions[dimension].total or "", None)
                whole = {code for cell in table.cells for code in (cell.place[place],)}
                if total is not None and len(line) == len(whole) - 1:
                    assert sum(line.values()) == pytest.approx(total, abs=1e-6), (table.key, line)
                    checked += 1
    assert checked > 60


def test_what_a_whole_has_beyond_its_part_is_not_few(report: Report):
    """Who has two shown figures has their difference: those who left, who pay nothing, who were not answered in time."""
    shown = {}
    for table in report.protected.tables:
        for cell in table.cells:
            totals = {report.protected.known.dimensions[key].total for key in table.dimensions}
            place = frozenset(zip(table.dimensions, cell.place, strict=True))
            where = frozenset(pair for pair in place if pair[1] not in totals)
            if not cell.is_withheld:
                shown[cell.measure, where] = cell.value
    compared = 0
    for rest in RESTS:
        for (measure, where), part in shown.items():
            whole = shown.get((rest.whole, where))
            if measure == rest.part and whole is not None and whole >= part:
                compared += 1
                assert whole - part == 0 or whole - part >= Policy().threshold, (rest.key, dict(where))
    assert compared > 30


def test_grand_totals_are_shown(report: Report):
    for table in report.protected.tables:
        for cell in table.cells:
            totals = [report.protected.known.dimensions[key].total for key in table.dimensions]
            is_grand = all(
                code == total or total is None for code, total in zip(cell.place, totals, strict=True)
            )
            if is_grand:
                assert not cell.is_withheld, (table.key, cell)


def test_every_table_with_a_withheld_cell_explains_it(report: Report, pack: Produced):
    book = openpyxl.load_workbook(pack.files["xlsx"], read_only=True)
    for table in report.tables:
        is_withheld = any(value is WITHHELD for row in table.rows for value in row.values)
        note = book[sheet_name(table)]["A3"].value or ""
        assert (ON_TABLE in note) is is_withheld, table.key


def test_the_csv_is_safe_for_who_attacks_it(pack: Produced):
    folder = pack.files["csv"].parent
    publications = read_publications(folder)
    (publication,) = publications
    found = audit(publications, Policy(), exact=True)
    assert found.withheld > 60
    assert found.breaches == ()
    assert publication.known.relations
    rows = list(csv.DictReader(io.StringIO(pack.files["csv"].read_text("utf-8"))))
    assert {row["valore"] for row in rows if row["oscurato"] == "si"} == {SIGN}
    assert all(row["valore"] != SIGN for row in rows if row["oscurato"] == "no")


# The formats


def _rows_of(table: Table) -> list[list[bool]]:
    return [[value is WITHHELD for value in row.values] for row in table.rows]


def test_the_workbook_shows_the_sign_where_the_model_withholds(report: Report, pack: Produced):
    book = openpyxl.load_workbook(pack.files["xlsx"])
    for table in report.tables:
        sheet = book[sheet_name(table)]
        grid = list(
            sheet.iter_rows(
                min_row=6, max_row=5 + len(table.rows), max_col=len(table.columns), values_only=True
            )
        )
        assert [[value == SIGN for value in row] for row in grid] == _rows_of(table), table.key


def test_draft_and_slides_show_as_many_signs_as_their_tables(report: Report, pack: Produced):
    printed = sum(sum(map(sum, _rows_of(table))) for table in report.tables if table.in_print)
    document = Document(str(pack.files["docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert cells.count(SIGN) == printed
    deck = pptx.Presentation(str(pack.files["pptx"]))
    shown = [
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    on_slides = sum(sum(map(sum, _rows_of(s.block))) for s in report.slides if isinstance(s.block, Table))
    assert shown.count(SIGN) == on_slides > 0


def test_charts_leave_withheld_figures_out_and_say_so(report: Report, pack: Produced):
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(pack.files["pdf"]).pages)
    drawn = [block for section in report.sections for block in section.blocks if isinstance(block, Chart)]
    hiding = [
        chart
        for chart in drawn
        for table in [report.table(chart.table)]
        if any(row.values[table.position(name)] is WITHHELD for row in table.body for name in chart.series)
    ]
    assert hiding
    assert text.count("Non sono disegnati i dati oscurati") == len(hiding)
    for chart in drawn:
        assert SIGN not in chart.alt


@pytest.mark.java
def test_the_pdf_meets_both_standards(java: str, pack: Produced):
    judged = judge(java, (pack.files["pdf"],))
    for profile in PROFILES:
        assert judged["assemblea_2022", profile].broken == {}
        assert judged["assemblea_2022", profile].is_compliant


def test_every_sentence_reads_right(report: Report):
    for section in report.sections:
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, faults(sentence), sentence)
    for slide in report.slides:
        assert slide.title.strip()


def test_the_pack_says_who_it_is_for_and_nothing_of_exact_figures(report: Report):
    printed = everything(report)
    assert "numeri esatti" not in printed
    assert "Assemblea dei Sindaci" in printed
    account = report.table("oscuramenti")
    withheld = sum(table.withheld for table in report.protected.tables)
    assert account.value("totale", "withheld") == withheld
    assert account.value("totale", "few") + account.value("totale", "others") == withheld


# Producing


def test_two_homes_give_the_same_bytes_and_the_register_makes_them_again(
    fresh: Home, pack_home: Home, pack: Produced
):
    done = CliRunner().invoke(app, ["report", KIND, YEAR, "--home", str(fresh.root)])
    assert done.exit_code == 0, done.output
    for name, path in pack.files.items():
        again = fresh.reports / path.parent.name / path.name
        assert str(again) in done.output
        assert again.read_bytes() == path.read_bytes(), name
    before = len(Ledger(pack_home).entries())
    for name, path in pack.files.items():
        assert verify(pack_home, path).verdict is Verdict.IDENTICAL, name
    assert len(Ledger(pack_home).entries()) == before


def test_a_csv_that_was_touched_is_not_in_the_register(pack_home: Home, pack: Produced, tmp_path: Path):
    spoilt = tmp_path / "tabelle.csv"
    content = pack.files["csv"].read_bytes()
    spoilt.write_bytes(content.replace(b",[c],si", b",3,no", 1))
    assert spoilt.read_bytes() != content
    assert verify(pack_home, spoilt).verdict is Verdict.DIFFERENT


def test_what_was_never_exported_is_not_made_again(tmp_path: Path, pack_home: Home, fresh: Home):
    with pytest.raises(UserError, match="Il registro delle esportazioni protette non ha «assemblea 2021»"):
        read_report(fresh, KIND, "2021")


def test_a_failed_audit_writes_nothing(fresh: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without the second suppression the attacker finds something: no file, no entry, and the engine's own words."""
    home = Home(shutil.copytree(fresh.root, tmp_path / "home"))
    shutil.rmtree(home.reports, ignore_errors=True)
    shutil.rmtree(home.disclosure, ignore_errors=True)
    (home.keys / "esportazioni.json").unlink(missing_ok=True)

    def careless(known, system, layouts, sensitive, policy, seed, effort, refused) -> Suppression:
        return Suppression(frozenset(sensitive), frozenset(sensitive), (), (), 0.0, 0.0, 0)

    monkeypatch.setattr(protection, "suppress", careless)
    monkeypatch.setattr(protection, "MOST_TRIES", 1)
    with pytest.raises(
        DisclosureError, match=r"La verifica di riservatezza non è superata.*Nulla è stato scritto"
    ) as raised:
        produce(home, KIND, YEAR, at=AT)
    assert raised.value.exit_code == 1
    assert not list(home.reports.rglob("assemblea*"))
    assert not list(home.reports.rglob("struttura.json"))
    assert Ledger(home).entries() == []


def test_figures_that_do_not_add_up_are_told_and_written_nowhere(tmp_path: Path):
    def off_by_one(release: AssemblyRelease) -> None:
        for row in release.marts["mart_service_usage"]:
            if (row["period"], row["municipality_code"], row["service_code"]) == (YEAR, AMBITO, TUTTI):
                row["delivered"] += 1

    home = assembly_home(tmp_path / "home", off_by_one)
    with pytest.raises(DisclosureError, match="Le cifre da esportare non tornano fra loro"):
        produce(home, KIND, YEAR, at=AT)
    assert not list(home.reports.rglob("assemblea*"))


def test_a_screen_gets_what_the_register_has(pack_home: Home, pack: Produced):
    before = len(Ledger(pack_home).entries())
    view = protected_view(pack_home, YEAR)
    assert view.tables == pack.report.protected.tables
    assert len(Ledger(pack_home).entries()) == before
    with pytest.raises(UserError, match="Il registro delle esportazioni protette non ha «assemblea 2021»"):
        protected_view(pack_home, "2021")


def test_the_pack_has_no_edition_of_a_municipality(pack_home: Home):
    with pytest.raises(UserError, match="è uno solo per tutto l'Ambito"):
        read_report(pack_home, KIND, YEAR, comune="meda", at=AT)


def test_a_first_year_has_no_comparison(tmp_path: Path):
    def first_year(release: AssemblyRelease) -> None:
        for mart, rows in release.marts.items():
            release.marts[mart] = [
                row for row in rows if not str(row.get("period", row.get("year", ""))).startswith("2021")
            ]

    home = assembly_home(tmp_path / "home", first_year, size=1600)
    made = read_report(home, KIND, YEAR, at=AT)
    summary = made.sections[0]
    assert "L'anno prima non è nei dati: non c'è un confronto." in list(sentences_of(summary))
    for section in made.sections:
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, faults(sentence), sentence)
