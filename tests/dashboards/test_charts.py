"""Charts: one grammar, Italian numbers, inert text, room for every label."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboards import charts
from dashboards.chart_style import Drawing
from dashboards.describing import described
from dashboards.frames import highest_first, short_period, spread, without
from dashboards.tables import Column
from dashboards.theme import BACKGROUND, PALE, PRIMARY

COUNT = Column("n", "Minori <b>", "", "intero")
MONEY = Column("spent", "Speso", "", "euro")
RATE = Column("rate", "Quota", "", "percentuale")
FRAME = pd.DataFrame(
    {
        "name": ["Meda", "<i>Seregno</i>", "Seveso"],
        "n": [3, 12, 7],
        "spent": [1000.0, 25000.5, None],
        "rate": [0.5, None, 0.25],
        "low": [0.4, None, 0.2],
        "high": [0.6, None, 0.3],
        "period": ["1º sem. 2022", "2º sem. 2022", "1º sem. 2023"],
        "is_here": [False, True, False],
        "is_partial": [False, False, True],
    }
)
ALL = {
    "bars": lambda: charts.bars(FRAME, "name", COUNT, here=FRAME.name == "Meda", reference=("Ambito", 8.0)),
    "grouped": lambda: charts.grouped(FRAME, "name", charts.series([COUNT, MONEY])),
    "stacked": lambda: charts.grouped(FRAME, "name", charts.series([COUNT, MONEY]), stacked=True),
    "trend": lambda: charts.trend(FRAME, "period", charts.series([COUNT, MONEY])),
    "columns": lambda: charts.columns_over_time(FRAME, "period", charts.series([COUNT])),
    "intervals": lambda: charts.intervals(FRAME, "name", RATE, "low", "high", totals=FRAME.n > 10),
}


@pytest.mark.parametrize("kind", ALL)
def test_every_chart_follows_the_grammar(kind: str) -> None:
    figure: go.Figure = ALL[kind]()
    go.Figure(figure.to_dict())  # Plotly knows every property that we use
    assert figure.layout.separators == ",."
    assert "yaxis2" not in figure.to_dict()["layout"], "no dual axes"
    assert figure.layout.font.family.startswith("Titillium Web")
    written = figure.to_json()
    assert "<i>" not in written
    assert "\\u003ci" not in written
    values = figure.layout.xaxis if kind not in ("trend", "columns") else figure.layout.yaxis
    assert values.range[0] <= 0, "values start at zero"


def test_bars_tell_the_row_chosen_and_the_reference() -> None:
    figure = ALL["bars"]()
    assert list(figure.data[0].marker.color) == [PRIMARY, PALE, PALE]
    assert list(figure.data[0].text) == ["3", "12", "7"]
    assert figure.layout.annotations[0].text == "Ambito: 8"
    assert len(charts.bars(FRAME, "name", COUNT, reference=("Ambito", float("nan"))).layout.shapes) == 0


def test_a_period_still_open_is_hollow_or_hatched() -> None:
    assert list(ALL["trend"]().data[0].marker.color)[-1] == BACKGROUND
    assert list(ALL["columns"]().data[0].marker.pattern.shape) == ["", "", "/"]


def test_long_series_name_few_periods_and_write_no_value_on_bars() -> None:
    months = pd.DataFrame(
        {
            "period": [f"gen {year}" for year in range(1990, 2026)],
            "n": range(36),
            "is_here": False,
            "is_partial": False,
        }
    )
    figure = charts.columns_over_time(months, "period", charts.series([COUNT]))
    assert len(figure.layout.xaxis.tickvals) <= 7
    assert figure.layout.xaxis.tickvals[0] == "gen<br>2025"
    assert figure.data[0].text is None


def test_the_label_of_a_bar_below_zero_is_beyond_the_zero_and_never_over_a_name() -> None:
    column = Column("difference", "Differenza", "", "euro")
    frame = pd.DataFrame({"town": ["Meda", "2023", "Seveso"], "difference": [-1962.4, 120.0, None]})
    drawn = charts.bars(frame, "town", column).content
    (trace,) = drawn["data"]
    assert trace["text"][0] == ""
    assert trace["text"][1:] == [column.brief(120.0), "–"]
    assert [
        (note["x"], note["y"], note["xanchor"], note["text"]) for note in drawn["layout"]["annotations"]
    ] == [(0, 0, "left", column.brief(-1962.4))]


def test_charts_of_nothing_and_of_missing_values_can_be_drawn() -> None:
    empty = FRAME.head(0)
    missing = FRAME.assign(n=float("nan"))
    for frame in (empty, missing):
        charts.bars(frame, "name", COUNT)
        charts.grouped(frame, "name", charts.series([COUNT]))
        charts.trend(frame, "period", charts.series([COUNT]))
        charts.columns_over_time(frame, "period", charts.series([COUNT]))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "bars",
            "Grafico: Dove. Nota. Il valore più alto è <i>Seregno</i>, 12; il più basso Meda, 3. "
            "Tutti i valori sono nella tabella accanto.",
        ),
        (
            "grouped",
            "Minori <b>: il valore più alto è <i>Seregno</i>, 12; il più basso Meda, 3. Speso: il valore",
        ),
        ("trend", "Minori <b>: il valore più alto è 2º sem. 2022, 12; il più basso 1º sem. 2022, 3."),
        ("intervals", "Il valore più alto è Meda, 50,0%; il più basso Seveso, 25,0%."),
    ],
)
def test_a_chart_is_told_in_words(kind: str, words: str) -> None:
    assert words.casefold() in described(ALL[kind](), "Dove", "Nota.").casefold()


def test_a_chart_without_values_is_told_by_its_title() -> None:
    figure = charts.bars(FRAME.assign(n=float("nan")), "name", COUNT)
    assert described(figure, "Dove") == "Grafico: Dove. Tutti i valori sono nella tabella accanto."


@pytest.mark.parametrize(
    ("code", "name"), [("2022-06", "giu 2022"), ("2022-S2", "2º sem. 2022"), ("2022", "2022")]
)
def test_periods_have_short_names(code: str, name: str) -> None:
    assert short_period(code) == name


def test_counts_are_spread_by_code_in_the_order_of_the_list() -> None:
    long = pd.DataFrame({"who": ["b", "b", "a"], "key": ["y", "x", "y"], "n": [1, 2, 3]})
    wide, columns = spread(long, "who", "key", {"x": "Ics", "y": "Ipsilon", "z": "Zeta"}, COUNT)
    assert wide.to_dict("list") == {"who": ["b", "a"], "x": [2, 0], "y": [1, 3], "z": [0, 0]}
    assert [column.label for column in columns] == ["Ics", "Ipsilon", "Zeta"]


def test_rows_are_ordered_and_totals_left_out() -> None:
    frame = pd.DataFrame({"code": ["a", "TUTTI", "b"], "n": [1, 9, 5]})
    assert list(highest_first(without(frame, code="TUTTI"), "n").code) == ["b", "a"]


def test_one_bar_alone_compares_nothing() -> None:
    def figure(*traces: dict) -> Drawing:
        return Drawing({"data": list(traces), "layout": {}})

    one = {"type": "bar", "x": [3], "y": ["Meda"]}
    assert not figure(one).compares
    assert not figure({**one, "x": [], "y": []}).compares
    assert figure(one, one).compares, "two series of one municipality"
    assert figure({**one, "x": [3, 4], "y": ["Meda", "Seveso"]}).compares
    assert figure({**one, "type": "scatter"}).compares, "a point with its interval"


@pytest.mark.parametrize("kind", ALL)
def test_a_chart_made_again_of_the_same_figures_is_known_to_be_the_same(kind: str) -> None:
    """Streamlit hands each chart to Plotly twice: without this it would be drawn twice."""
    one, other = ALL[kind]().to_dict(), ALL[kind]().to_dict()
    assert one["layout"]["datarevision"] == other["layout"]["datarevision"]
    assert "template" not in one["layout"], "to Plotly no template is equal to another"
    moved = charts.bars(FRAME.assign(n=[3, 12, 8]), "name", COUNT).to_dict()
    assert moved["layout"]["datarevision"] != ALL["bars"]().to_dict()["layout"]["datarevision"]


def test_margins_have_room_for_names_ticks_and_legend_from_the_start() -> None:
    long = charts.bars(FRAME.assign(name="Lentate sul Seveso"), "name", COUNT).to_dict()["layout"]
    assert long["margin"]["l"] > ALL["bars"]().to_dict()["layout"]["margin"]["l"] > 50
    assert "room" not in long["yaxis"]
    years = charts.trend(FRAME.assign(period="2022"), "period", charts.series([COUNT])).to_dict()["layout"]
    both = ALL["trend"]().to_dict()["layout"]
    assert both["margin"]["b"] > years["margin"]["b"] > 28
    assert both["margin"]["t"] > years["margin"]["t"], "the legend stands above"
