"""Every rate, share and mean on every page can be understood there: its definition, what is divided by what."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import components, tables
from dashboards.access.permissions import PROTECTED_PAGE
from dashboards.pages import PAGES
from dashboards.tables import Column, Table
from dashboards.text import plain
from osservatorio.release import Release

# What says, in a definition, that one thing is divided by another, or how a middle is found.
DIVIDED = re.compile(
    r"\b(su|sul|sulla|sui|sulle|sugli|sullo|divis[oaie]|ogni|Media|Mediana|median[aio]|quota|media|Estremo|Limite|"
    r"Kaplan-Meier|meno)\b"
)
# A value of a key figure that is a rate or a mean: a share, or a number with decimals that is neither money nor hours.
RATE = re.compile(r"^[+-]?[\d.]+,\d+(?! ?€)")
PERIODS = ("2022-S1", "2022")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Table]:
    """The tables that pages draw, as they are handed over."""
    found: list[Table] = []
    actions = components._actions

    def told(shown: Table, *rest: object) -> None:
        found.append(shown)
        actions(shown, *rest)

    monkeypatch.setattr(components, "_actions", told)
    return found


def _is_rate(column: Column) -> bool:
    return column.format == "percentuale" or bool(re.search(r"_(rate|per_\w+|mean|median\w*)$", column.name))


@pytest.mark.parametrize("name", [name for name in PAGES if name != PROTECTED_PAGE])
def test_rates_say_what_is_divided_by_what(app: AppTest, name: str, drawn: list[Table]) -> None:
    rates = 0
    for period in PERIODS:
        app.query_params["periodo"] = period
        go_to(app, name).run()
        assert not app.exception
        for metric in app.metric:
            assert metric.help, f"«{metric.label}» has no definition"
            if RATE.match(metric.value) and not metric.label.startswith("Ore "):
                rates += 1
                assert DIVIDED.search(metric.help), (metric.label, metric.help)
    for table in drawn:
        for column in filter(_is_rate, table.columns):
            rates += 1
            assert DIVIDED.search(column.explained), (table.title, column.label, column.explained)
    told = "\n".join(text.value for text in app.markdown)
    for table in drawn[-len(app.table) :]:
        for column in table.described:
            assert f"**{plain(column.label)}**" in told, (table.title, column.label)
    assert rates or name in ("profilo", "qualita", "rapporti", "rilasci"), "the page has no rate at all"


def test_the_indicators_tell_numerator_and_denominator(release: Release) -> None:
    told = {
        (mart, column.name): column
        for (mart,) in release.rows("select distinct mart from seeds.mart_columns")
        for column in tables.described(release, mart).values()
        if column.denominator
    }
    assert len(told) > 25
    rate = told["mart_complaints", "upheld_rate"]
    assert rate.explained == (
        f"{rate.definition} Numeratore: reclami accolti, anche in parte. Denominatore: reclami con risposta."
    )
    middle = told["mart_flow", "median_days_referral_to_opening"]
    assert "Numeratore: nessuno, il valore è una mediana." in middle.explained
    assert replace(rate, denominator="").explained == rate.definition
    for (_, one), (_, other) in pairwise(told.items()):
        assert one != other


def test_numerator_and_denominator_stand_with_the_definition_everywhere(app: AppTest) -> None:
    """In the figure's help, among the definitions of the table; the files take them from the same place."""
    app.query_params["periodo"] = "2022"
    go_to(app, "reclami").run()
    words = plain("Numeratore: reclami accolti, anche in parte")
    (figure,) = [metric for metric in app.metric if "accolti" in metric.label.lower()]
    assert words in figure.help
    go_to(app, "controlli").run()
    words = plain("Numeratore: prestazioni conformi. Denominatore: prestazioni verificate.")
    assert any(words in text.value for text in app.markdown)
