"""Complaints, satisfaction and controls, worked out again from the delivered files."""

import math
from datetime import timedelta

import pandas as pd
from comparing import check
from records_in_pandas import ALL, ALL_SERVICES, AMBITO, TOWNS, Records, with_periods, with_totals
from test_caseload_in_pandas import spells_by_period

from osservatorio.reference import read_seed, services

KEY = ["period_type", "period", "municipality_code", "service_code"]
PLACES = {"municipality_code": AMBITO, "service_code": ALL_SERVICES}
PERIODS = ("month", "semester", "year")
TERM = timedelta(days=30)


def placed(records: Records, extract: str) -> pd.DataFrame:
    names = {"municipality": "municipality_code", "codice_servizio": "service_code"}
    return records[extract].rename(columns=names)


def on_grid(records: Records, kinds: tuple[str, ...], since: int, counted: pd.DataFrame) -> pd.DataFrame:
    """The counts for every period since a year, municipality and service, with the missing ones."""
    periods = records.periods(*kinds)
    periods = periods[periods["start"].dt.year >= since]
    places = pd.DataFrame({"municipality_code": [*TOWNS, AMBITO]})
    all_services = pd.DataFrame({"service_code": [*services(), ALL_SERVICES]})
    rows = periods.merge(places, how="cross").merge(all_services, how="cross")
    return rows.merge(counted, on=KEY, how="left").drop(columns=["start", "end", "months"])


def complaints_of(records: Records) -> pd.DataFrame:
    complaints = placed(records, "reclami")
    days = complaints["data_risposta"] - complaints["data_ricezione"]
    return complaints.assign(
        days=days.dt.days,
        answered=days.notna(),
        in_time=days <= TERM,
        assessable=days.notna() | (records.as_of - complaints["data_ricezione"] >= TERM),
        upheld=complaints["esito"].isin(["accolto", "parzialmente_accolto"]),
    )


def test_complaints(records, release):
    complaints = complaints_of(records)
    periods = records.periods(*PERIODS)
    received = with_totals(with_periods(complaints, periods, "data_ricezione"), **PLACES)
    both = complaints.merge(periods, how="cross")
    still = both[
        (both["data_ricezione"] <= both["end"])
        & (both["data_risposta"].isna() | (both["data_risposta"] > both["end"]))
    ]
    by = received.groupby(KEY)
    counts = pd.DataFrame(
        {
            "received": by.size(),
            "answered": by["answered"].sum(),
            "term_assessable": by["assessable"].sum(),
            "answered_within_term": by["in_time"].sum(),
            "upheld": by["upheld"].sum(),
            "median_days_to_answer": by["days"].median(),
        }
    ).join(with_totals(still, **PLACES).groupby(KEY).size().rename("open_at_end"), how="outer")
    expected = on_grid(records, PERIODS, complaints["data_ricezione"].min().year, counts.reset_index())
    whole = ["received", "answered", "term_assessable", "answered_within_term", "upheld", "open_at_end"]
    expected[whole] = expected[whole].astype("float64").fillna(0)
    expected["upheld_rate"] = expected["upheld"] / expected["answered"].where(expected["answered"] > 0)
    minors = minors_in_period(records)
    minors = expected[KEY].merge(minors, on=KEY, how="left")["minors"]
    expected["complaints_per_100_minors"] = expected["received"] / minors * 100
    check(release, "mart_complaints", expected, key=KEY)


def minors_in_period(records: Records) -> pd.DataFrame:
    names = {"municipality": "municipality_code", "service": "service_code"}
    rows = with_totals(spells_by_period(records, *PERIODS).rename(columns=names), **PLACES)
    return rows.groupby(KEY)["person"].nunique().rename("minors").reset_index()


def test_complaints_by_category(records, release):
    rows = complaints_of(records).rename(columns={"categoria": "category", "gravita": "gravity"})
    rows = with_periods(rows, records.periods(*PERIODS), "data_ricezione")
    key = [*KEY, "category", "gravity"]
    by = with_totals(rows, **PLACES, category=ALL, gravity=ALL).groupby(key)
    expected = pd.DataFrame(
        {"received": by.size(), "answered": by["answered"].sum(), "upheld": by["upheld"].sum()}
    )
    check(release, "mart_complaints_by_category", expected.reset_index(), key=key)


def test_controls(records, release):
    kinds = ("semester", "year")
    controls = placed(records, "controlli")
    faults = controls["prestazioni_conformi"] < controls["prestazioni_verificate"]
    days = (controls["data_chiusura"] - controls["data_controllo"]).dt.days
    controls = controls.assign(faults=faults, closed=faults & days.notna(), days=days.where(faults))
    by = with_totals(with_periods(controls, records.periods(*kinds), "data_controllo"), **PLACES).groupby(KEY)
    counts = pd.DataFrame(
        {
            "controls": by.size(),
            "services_checked": by["prestazioni_verificate"].sum(),
            "services_conforming": by["prestazioni_conformi"].sum(),
            "with_findings": by["faults"].sum(),
            "closed_findings": by["closed"].sum(),
            "median_days_to_close": by["days"].median(),
        }
    )
    expected = on_grid(records, kinds, controls["data_controllo"].min().year, counts.reset_index())
    expected["conformity_rate"] = expected["services_conforming"] / expected["services_checked"]
    whole = ["controls", "services_checked", "services_conforming", "with_findings", "closed_findings"]
    expected[whole] = expected[whole].astype("float64").fillna(0)
    check(release, "mart_controls", expected, key=KEY)


def test_satisfaction(records, release):
    phases = {row["question_code"]: row["phase"] for row in read_seed("questions")}
    key = ["rilevazione", "municipality_code", "service_code", "phase"]
    answers = placed(records, "questionari")
    answers = answers.assign(
        phase=answers["codice_domanda"].map(phases),
        paper=answers["codice_ente"] + "/" + answers["id_risposta"],
        score=answers["punteggio"].astype("float64"),
    )
    answers["satisfied"] = answers["score"] >= 4
    by = with_totals(answers, **PLACES, phase=ALL).groupby(key)
    counted = pd.DataFrame(
        {
            "returned": by["paper"].nunique(),
            "answers": by["score"].count(),
            "satisfied": by["satisfied"].sum(),
            "mean_score": by["score"].mean(),
            "deviation": by["score"].std(),
        }
    ).reset_index()
    waves = placed(records, "rilevazioni")
    sent = (
        with_totals(waves, **PLACES).groupby(key[:3])["questionari_distribuiti"].sum().rename("distributed")
    )
    places = pd.concat(
        [with_totals(frame[key[:3]], **PLACES) for frame in (waves, answers)]
    ).drop_duplicates()
    every = places.merge(pd.DataFrame({"phase": [*dict.fromkeys(phases.values()), ALL]}), how="cross")
    expected = every.merge(counted, on=key, how="left").merge(sent.reset_index(), on=key[:3], how="left")
    whole = ["returned", "answers", "satisfied"]
    expected[whole] = expected[whole].astype("float64").fillna(0)
    returned, distributed = expected["returned"], expected["distributed"].astype("float64")
    expected["response_rate"] = (returned / distributed).where((returned <= distributed) & (distributed > 0))
    expected["satisfied_rate"] = expected["satisfied"] / expected["answers"].where(expected["answers"] > 0)
    half = 1.959963984540054 * expected["deviation"] / expected["answers"] ** 0.5
    expected["mean_low"], expected["mean_high"] = expected["mean_score"] - half, expected["mean_score"] + half
    bounds = [wilson(s, n) for s, n in zip(expected["satisfied"], expected["answers"], strict=True)]
    expected[["satisfied_low", "satisfied_high"]] = bounds
    check(release, "mart_satisfaction", expected.drop(columns="deviation"), key=key)


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """The score interval (95%): where the observed share is as far from p as a 95% interval around p reaches."""
    if not trials:
        return math.nan, math.nan
    z2 = 1.959963984540054**2
    share = successes / trials
    middle = share + z2 / (2 * trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    return max(0, (middle - half) / (1 + z2 / trials)), min(1, (middle + half) / (1 + z2 / trials))
