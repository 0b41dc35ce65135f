"""Two releases side by side by indicator: how many figures of each moved, and through whose deliveries."""

import json

import pytest
from openpyxl import load_workbook
from releases_by_hand import BUILD, SPENT, Landing, put_out

from osservatorio.compare import compare_releases
from osservatorio.compare_workbook import comparison_workbook
from osservatorio.home import Home

ANSWERED, COSTS = "reclami_entro_termine", "spesa_per_minore"
KEY = ["indicator_code", "period_type", "period", "municipality_code", "service_code"]
MADE = {
    "keys": BUILD["keys"] | {"mart_indicators": KEY},
    # The marts that show the two indicators come from one extract each, the long table from both.
    "lineage": BUILD["lineage"]
    | {
        "mart_indicators": ["reclami", "spese"],
        "mart_complaints": ["reclami"],
        "mart_service_costs": ["spese"],
    },
}


@pytest.fixture
def home(tmp_path) -> Home:
    """Of the answers in time only Meda's counts move; of the costs Meda's and the total."""
    home = Home(tmp_path)
    landing = Landing(home)
    landing.deliver("prima", "108030")
    before = [
        (ANSWERED, "108030", 2, 2),
        (ANSWERED, "AMBITO", 8, 9),
        (COSTS, "108030", 100, 10),
        (COSTS, "AMBITO", 900, 90),
    ]
    put_out(home, measured=before, **MADE)
    landing.deliver("spese_corrette", "108030")
    landing.deliver("reclami_tardivi", "108030", extract="reclami")
    after = [
        (ANSWERED, "108030", 3, 3),
        (ANSWERED, "AMBITO", 8, 9),
        (COSTS, "108030", 150, 10),
        (COSTS, "AMBITO", 950, 90),
    ]
    put_out(home, measured=after, later=1, **MADE)
    return home


def compared(home: Home, *indicators: str):
    from osservatorio.catalogue import find_release

    return compare_releases(
        home, find_release(home, "precedente"), find_release(home, "corrente"), indicators=indicators
    )


def long_table(comparison):
    return next(mart for mart in comparison.marts if mart.mart == "mart_indicators")


def test_the_figures_that_moved_are_counted_by_indicator(home):
    found = long_table(compared(home))
    assert [(item.code, item.total) for item in found.indicators] == [(COSTS, 4), (ANSWERED, 2)]
    assert found.indicators[0].name == f"Indicatore {COSTS}"
    assert found.total == sum(item.total for item in found.indicators)


def test_an_indicator_is_moved_by_the_extracts_of_the_mart_that_shows_it(home):
    found = long_table(compared(home))
    moved = {figure.key["indicator_code"]: found.deliveries_of(figure) for figure in found.figures}
    assert moved == {ANSWERED: ["reclami_tardivi"], COSTS: ["spese_corrette"]}


def test_only_the_indicators_asked_for_are_compared(home):
    found = compared(home, ANSWERED)
    assert [mart.mart for mart in found.marts] == ["mart_indicators"]
    assert {figure.key["indicator_code"] for figure in long_table(found).figures} == {ANSWERED}
    assert {(f.measure, f.before, f.after) for f in long_table(found).figures} == {
        ("numerator", 2.0, 3.0),
        ("denominator", 2.0, 3.0),
    }


def test_the_command_shows_value_and_counts_of_the_indicator(home, osservatorio):
    words = ("releases", "compare", "precedente", "corrente")
    told = osservatorio(*words, home=home.root).stdout
    assert f"Indicatore {COSTS}" in told
    assert "--indicatore CODICE" in told
    told = osservatorio(*words, "--indicatore", ANSWERED.upper(), home=home.root).stdout
    (row,) = [line for line in told.splitlines() if line.startswith("2023 · ")]
    assert [cell.strip() for cell in row.split("  ") if cell.strip()] == [
        "2023 · Comune 108030 · Tutti i servizi",
        "uguale",
        "2 → 3",
        "2 → 3",
        "1",
    ]
    assert COSTS not in told
    found = json.loads(osservatorio(*words, "--indicatore", COSTS, "--json", home=home.root).stdout)
    assert [(item["code"], item["changed"]) for item in found["marts"][0]["indicators"]] == [(COSTS, 4)]


def test_an_unknown_indicator_is_told_with_what_was_perhaps_meant(home, osservatorio):
    done = osservatorio(
        "releases",
        "compare",
        "precedente",
        "corrente",
        "--indicatore",
        "reclamo_termine",
        home=home.root,
        check=False,
    )
    assert done.returncode == 2
    assert "Forse «reclami_entro_termine»" in done.stderr


def test_the_workbook_lists_the_indicators_that_moved(home, tmp_path):
    path = tmp_path / "confronto.xlsx"
    path.write_bytes(comparison_workbook(compared(home)))
    rows = list(load_workbook(path)["Indicatori che si sono mossi"].iter_rows(values_only=True))
    assert rows[1:] == [
        (f"Indicatore {COSTS}", COSTS, 4, 0, 0),
        (f"Indicatore {ANSWERED}", ANSWERED, 2, 0, 0),
    ]


def test_a_changed_formula_is_told(tmp_path):
    home = Home(tmp_path)
    Landing(home).deliver("prima", "108030")
    put_out(home, graph={"macros": {"macros/statistics.sql": "a" * 64}})
    put_out(
        home,
        [*SPENT, ("108040", "TUTTE", 1.0)],
        later=1,
        graph={"macros": {"macros/statistics.sql": "b" * 64}},
    )
    (found,) = [item for item in compared(home).circumstances if item.kind == "macros"]
    assert (found.name, found.before, found.after) == ("macros/statistics.sql", "a" * 12, "b" * 12)
