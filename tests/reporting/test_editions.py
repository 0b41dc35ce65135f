"""A municipality's own edition: its figures, the Ambito's beside them, nobody else's."""

from collections.abc import Callable

import pytest
from prose import faults
from reading import everything, section_text, sentences_of

from osservatorio.reference import municipalities
from reporting.model import Chart, Report, Table

KINDS = (("semestrale", "2022-S1"), ("annuale", "2022"), ("valutazione", "2022"))
PLACES = ("meda", "lazzate", "seregno", None)
LEAD = "il Comune capofila, Seregno"


@pytest.mark.parametrize(("kind", "period"), KINDS)
@pytest.mark.parametrize("town", ["meda", "lazzate"])
def test_no_other_municipality_is_named(read_year: Callable[..., Report], kind: str, period: str, town: str):
    printed = everything(read_year(kind, period, comune=town)).replace(LEAD, "")
    printed = printed.replace("Ambito di Seregno", "").replace("Ambito Territoriale di Seregno", "")
    for other in municipalities().values():
        if other.slug != town:
            assert other.name not in printed, other.name
            assert f"__{other.slug}__" not in printed, other.slug


@pytest.mark.parametrize(("kind", "period"), KINDS)
@pytest.mark.parametrize("town", PLACES)
def test_every_sentence_reads_right(
    read_year: Callable[..., Report], kind: str, period: str, town: str | None
):
    report = read_year(kind, period, comune=town)
    for section in report.sections:
        for sentence in sentences_of(section):
            assert not faults(sentence), (section.key, faults(sentence), sentence)


@pytest.mark.parametrize(("kind", "period"), KINDS)
@pytest.mark.parametrize("town", PLACES)
def test_tables_have_rows_and_charts_compare_something(
    read_year: Callable[..., Report], kind: str, period: str, town: str | None
):
    report = read_year(kind, period, comune=town)
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                assert block.rows, block.key
                assert block.columns[0].label, block.key
            if isinstance(block, Chart):
                table = report.table(block.table)
                shown = [row for row in table.body if block.group is None or block.group in row.values]
                values = [row.values[table.position(block.series[0])] for row in shown]
                assert len([value for value in values if value is not None]) > 1, block.key
                assert any(values), block.key


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_tables_by_municipality_have_the_place_and_the_ambito(
    read_year: Callable[..., Report], kind: str, period: str
):
    report = read_year(kind, period, comune="meda")
    seen = 0
    for table in report.tables:
        if table.columns[0].key == "municipality_code":
            assert {row.key[0] for row in table.rows} <= {"108030", "AMBITO"}, table.key
            assert any(row.key[0] == "108030" for row in table.rows), table.key
            seen += 1
    assert seen


@pytest.mark.parametrize(("kind", "period"), KINDS)
def test_an_edition_lists_its_own_deliveries(read_year: Callable[..., Report], kind: str, period: str):
    report = read_year(kind, period, comune="meda")
    files = [value for row in report.table("consegne").rows for value in row.values if "__" in str(value)]
    assert files
    assert all("__meda__" in name for name in files)
    assert "servizi associati li consegna per tutti il Comune capofila" in section_text(
        report, "pubblicazione"
    )


def test_an_edition_has_the_warnings_on_its_own_body(read_year: Callable[..., Report]):
    assert "qualita_avvisi" in {t.key for t in read_year("semestrale", "2022-S1", comune="meda").tables}
    other = read_year("semestrale", "2022-S1", comune="seveso")
    assert "qualita_avvisi" not in {table.key for table in other.tables}
    assert "non hanno segnalato nulla" in section_text(other, "qualita")


def test_an_edition_compares_with_the_ambito(read_year: Callable[..., Report]):
    report = read_year("semestrale", "2022-S1", comune="meda")
    assert "ogni 1.000 residenti, contro" in section_text(report, "casistica")
    assert "nell'ambito" in section_text(report, "interventi").lower()
    assert "I Comuni con più minori" not in section_text(report, "casistica")


def test_a_municipality_without_joint_services(read_year: Callable[..., Report]):
    report = read_year("valutazione", "2022", comune="lazzate")
    assert "non è fra quelli dei servizi associati" in section_text(report, "risorse")
    assert "governo" not in {section.key for section in report.sections}
    assert not [text for text in report.narratives if "partner" in f"{text.title} {text.prompt}"]
    assert "quote_comune" not in {table.key for table in report.tables}
    edition = read_year("annuale", "2022", comune="lazzate")
    assert all("partner" not in text.title for text in edition.narratives)


def test_sections_on_the_whole_ambito_are_only_in_its_own_evaluation(read_year: Callable[..., Report]):
    whole = {section.key for section in read_year("valutazione", "2022").sections}
    own = {section.key for section in read_year("valutazione", "2022", comune="meda").sections}
    assert whole - own == {"governo"}
