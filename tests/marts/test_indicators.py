"""The long table of indicators says what the marts say; what no mart shows is recomputed from the deliveries."""

from collections.abc import Callable
from functools import cache
from math import sqrt
from typing import Any

import pandas as pd
import pytest
from current_tables import Tables, bounds, read_tables, with_totals
from published_marts import Cells, differences, is_same, read_mart
from records_in_pandas import ORDER

from osservatorio.home import Home
from osservatorio.reference import code_list, read_seed
from osservatorio.release import open_release

KEY = ("indicator_code", "period_type", "period", "municipality_code", "service_code")
SEED = {row["indicator_code"]: row for row in read_seed("indicators")}
# The rows of a mart that an indicator is about, where it has more than those of periods, places and services.
ROWS = {
    "mart_service_usage": "intervention_type = 'TUTTI'",
    "mart_cost_sharing": "prestazione = 'TUTTE'",
    "mart_governance": "level = 'TUTTE'",
}
SMALL = 30


def rows_of(code: str, mart: str) -> str:
    tail = code.split("_")[-1]
    if mart == "mart_satisfaction":
        return f"phase = '{tail if tail in code_list('fase_soddisfazione') else 'TUTTE'}'"
    if mart == "mart_budget":
        return f"area = '{code.removeprefix('quota_spesa').removeprefix('_') or 'TUTTE'}'"
    if mart == "mart_rule_compliance":
        return f"rule_id = '{code.removeprefix('regola_') if code.startswith('regola_') else 'TUTTE'}'"
    return ROWS.get(mart, "true")


@pytest.fixture(scope="module")
def indicators(demo_home) -> Cells:
    return read_mart(demo_home, "mart_indicators", KEY)


@pytest.fixture(scope="module")
def values_of(indicators) -> dict[str, dict[tuple, Any]]:
    """The values of each indicator by place."""
    found: dict[str, dict[tuple, Any]] = {code: {} for code in SEED}
    for place, row in indicators.items():
        found[place[0]][place] = row["value"]
    return found


@pytest.fixture(scope="module")
def figures_of(demo_home) -> Callable[[str, str], list[dict[str, Any]]]:
    """The rows of a mart, read once for all of its indicators that are about the same rows."""

    @cache
    def read(mart: str, where: str) -> list[dict[str, Any]]:
        with open_release(Home(demo_home)) as release:
            rows = release.rows(f"select * from {mart} where {where}")
            names = [name for (name, *_) in release.rows(f"describe {mart}")]
        return [dict(zip(names, values, strict=True)) for values in rows]

    return read


def wilson(successes: float, trials: float) -> tuple[float, float]:
    z = 1.959963984540054
    middle, half = successes + z * z / 2, z * sqrt(successes * (trials - successes) / trials + z * z / 4)
    return max(0.0, (middle - half) / (trials + z * z)), min(1.0, (middle + half) / (trials + z * z))


def test_every_indicator_of_the_seed_has_figures(indicators):
    """All but what the demonstration has no case of would leave a hole in every report."""
    assert {code for code, *_ in indicators} == set(SEED)
    assert {code for (code, *_), row in indicators.items() if row["value"] is not None} == set(SEED)


def test_value_interval_and_marks_follow_from_numerator_and_denominator(indicators):
    for place, row in indicators.items():
        seed = SEED[place[0]]
        per, counts = int(seed["per"]), (row["numerator"], row["denominator"])
        if counts[0] is not None:
            assert is_same(row["value"], counts[0] / counts[1] * per if counts[1] else None), place
        if seed["interval"] and counts[1] and counts[0] <= counts[1]:
            low, high = wilson(*counts)
            assert is_same(row["low"], low * per), place
            assert is_same(row["high"], high * per), place
        else:
            assert (row["low"], row["high"]) == (None, None), place
        cases = {"numeratore": counts[0], "denominatore": counts[1], "": None}[seed["rests_on"]]
        assert row["is_small"] == (cases is not None and cases < SMALL), place
        assert row["suppressible"] == (seed["suppressible"] == "true")
        assert (row["indicator_name"], row["unit"]) == (seed["name"], seed["unit"])


@pytest.mark.parametrize("code", [code for code, row in SEED.items() if row["source_column"]])
def test_an_indicator_is_the_figure_of_its_mart(values_of, figures_of, code):
    mart, column = SEED[code]["source_mart"], SEED[code]["source_column"]
    figures: dict[tuple, list] = {}
    for row in figures_of(mart, rows_of(code, mart)):
        kind = row.get("period_type") or ("year" if "year" in row else "semester")
        period = row.get("period") or str(row.get("year"))
        place = (code, kind, period, row.get("municipality_code", "AMBITO"), row.get("service_code", "TUTTI"))
        figures.setdefault(place, []).append(row[column])
    # Two survey waves may end in one semester: the indicator adds them up, the mart has each.
    alone = {place: values[0] for place, values in figures.items() if len(values) == 1}
    shown = values_of[code]
    compared = [place for place in shown if place in alone]
    assert compared
    if mart != "mart_satisfaction":
        assert len(compared) == len(shown)
    assert [place for place in compared if not is_same(shown[place], alone[place])] == []
    # Where the indicator has no row, the mart has nothing to say.
    assert {alone[place] for place in alone.keys() - shown.keys()} <= {None}


@pytest.fixture(scope="module")
def tables(records) -> Tables:
    return read_tables(records)


def shares(indicators: Cells, code: str) -> Cells:
    return {
        place[1:]: {"numerator": row["numerator"], "denominator": row["denominator"]}
        for place, row in indicators.items()
        if place[0] == code
    }


@pytest.mark.parametrize("code", ["minori_in_carico_1000_senza_msna", "minori_seguiti_1000_senza_msna"])
def test_minors_without_the_unaccompanied(indicators, tables, code):
    persons = tables["minori"].sort_values(ORDER).drop_duplicates("person", keep="last")
    alone = set(persons.loc[persons["minore_straniero_non_accompagnato"], "person"])
    assert alone
    spells = with_totals(tables["prese_in_carico"], town="AMBITO", codice_servizio="TUTTI")
    spells = spells[~spells["person"].isin(alone)]
    found = {place: row for place, row in shares(indicators, code).items() if place[1] >= "2022"}
    counted = {}
    for period in {place[1] for place in found}:
        first, last = bounds(period)
        is_open = spells["data_apertura"] <= last
        if code == "minori_in_carico_1000_senza_msna":
            is_open &= spells["data_chiusura"].isna() | (spells["data_chiusura"] > last)
        else:
            is_open &= spells["data_chiusura"].isna() | (spells["data_chiusura"] >= first)
        minors = spells[is_open].groupby(["town", "codice_servizio"])["person"].nunique()
        counted |= {(period, *place): number for place, number in minors.items()}
    assert {place[1:]: row["numerator"] for place, row in found.items() if row["numerator"]} == counted


def test_spells_with_pippi(indicators, tables):
    spells = with_totals(tables["prese_in_carico"], town="AMBITO", codice_servizio="TUTTI")
    of_place = dict(list(spells.groupby(["town", "codice_servizio"])))
    expected = {}
    found = {place: row for place, row in shares(indicators, "quota_pippi").items() if place[0] == "year"}
    for kind, period, town, service in found:
        first, last = bounds(period)
        mine = of_place.get((town, service), spells[:0])
        mine = mine[(mine["data_apertura"] <= last) & ~(mine["data_chiusura"] < first)]
        pippi = int(mine["programma_pippi"].fillna(False).astype(bool).sum())
        expected[kind, period, town, service] = {"numerator": pippi, "denominator": len(mine)}
    assert sum(row["numerator"] for row in expected.values()) > 0
    assert differences(found, expected) == []


def test_controls_with_findings(indicators, tables):
    controls = with_totals(tables["controlli"], town="AMBITO", codice_servizio="TUTTI")
    found = shares(indicators, "controlli_con_rilievi")
    expected = {}
    for kind, period, town, service in found:
        mine = controls[(controls["town"] == town) & (controls["codice_servizio"] == service)]
        mine = mine[mine["data_controllo"].between(*bounds(period))]
        wrong = int((mine["prestazioni_conformi"] < mine["prestazioni_verificate"]).sum())
        expected[kind, period, town, service] = {"numerator": wrong, "denominator": len(mine)}
    assert differences(found, expected) == []


def test_months_with_a_technical_meeting(indicators, tables):
    meetings = tables["riunioni"]
    held = set(meetings.loc[meetings["livello"] == "tecnico", "data_riunione"].dt.to_period("M"))
    found = shares(indicators, "mesi_con_incontro_tecnico")
    assert found
    for (_, period, *_), row in found.items():
        months = set(pd.period_range(*bounds(period), freq="M"))
        assert (row["numerator"], row["denominator"]) == (len(months & held), len(months)), period


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("affidi_consensuali", "forma", "consensuale"),
        ("affidi_intra_familiari", "collocazione", "intra_familiare"),
        ("affidi_oltre_24_mesi", None, None),
    ],
)
def test_shares_of_foster_care(indicators, tables, code, column, value):
    placements = with_totals(tables["affidi"], town="AMBITO")
    found = shares(indicators, code)
    expected = {}
    for kind, period, town, service in found:
        _, last = bounds(period)
        mine = placements[(placements["town"] == town) & (placements["data_inizio"] <= last)]
        mine = mine[mine["data_fine"].isna() | (mine["data_fine"] > last)]
        long = (
            mine["data_inizio"] + pd.DateOffset(months=24) < last if len(mine) else mine["data_inizio"].isna()
        )
        counted = int((mine[column] == value).sum() if column else long.sum())
        expected[kind, period, town, service] = {"numerator": counted, "denominator": len(mine)}
    assert sum(row["numerator"] for row in expected.values()) > 0
    assert differences(found, expected) == []


def test_each_rule_has_its_indicator():
    """Name and article of a rule are those of its own seed."""
    for rule in read_seed("rules"):
        row = SEED[f"regola_{rule['rule_id']}"]
        assert row["name"] == rule["title"]
        assert row["serves"] == f"{rule['document']}, {rule['article']}"
