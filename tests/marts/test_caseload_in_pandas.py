"""Caseload and profile of the minors, worked out again from the delivered files."""

import pandas as pd
import pytest
from comparing import check
from records_in_pandas import ALL_SERVICES, AMBITO, ORDER, TOWNS, Records, with_totals

from osservatorio.reference import services

KEY = ["period_type", "period", "municipality_code", "service_code"]
CASE_HOLDERS = ("assistente_sociale", "psicologo", "psicologo_psicoterapeuta")
PLACES = {"municipality": AMBITO, "service": ALL_SERVICES}
RENAMED = {"municipality": "municipality_code", "service": "service_code"}
WITH_CASES = [code for code, service in services().items() if service.has_cases]


def spells_by_period(records: Records, *kinds: str) -> pd.DataFrame:
    """Each spell once for each period that it touches, with what happened to it there."""
    periods = records.periods(*kinds)
    periods = periods[periods["start"].dt.year >= records.spells["data_apertura"].min().year]
    both = records.spells.merge(periods, how="cross")
    opened, closed = both["data_apertura"], both["data_chiusura"]
    both = both[(opened <= both["end"]) & (closed.isna() | (closed >= both["start"]))].copy()
    opened, closed = both["data_apertura"], both["data_chiusura"]
    both["opened"] = opened >= both["start"]
    both["closed"] = closed <= both["end"]
    both["at_start"] = opened < both["start"]  # closed on the first day or later: open the evening before
    both["at_end"] = closed.isna() | (closed > both["end"])
    return both


def grid(records: Records, *kinds: str) -> pd.DataFrame:
    """Every period, municipality and service with cases, totals included."""
    periods = records.periods(*kinds)
    periods = periods[periods["start"].dt.year >= records.spells["data_apertura"].min().year]
    towns = pd.DataFrame({"municipality_code": [*TOWNS, AMBITO]})
    kinds_of_care = pd.DataFrame({"service_code": [*WITH_CASES, ALL_SERVICES]})
    return periods.merge(towns, how="cross").merge(kinds_of_care, how="cross")


def test_caseload(records, release):
    kinds = ("month", "semester", "year")
    rows = with_totals(spells_by_period(records, *kinds), **PLACES).rename(columns=RENAMED)
    by = rows.groupby(KEY)
    counted = pd.DataFrame(
        {
            "open_at_start": by["at_start"].sum(),
            "opened": by["opened"].sum(),
            "closed": by["closed"].sum(),
            "open_at_end": by["at_end"].sum(),
            "minors_at_end": rows[rows["at_end"]].groupby(KEY)["person"].nunique(),
            "minors_in_period": by["person"].nunique(),
        }
    ).reset_index()
    names = list(counted.columns[len(KEY) :])
    expected = grid(records, *kinds).merge(counted, on=KEY, how="left")
    expected[names] = expected[names].fillna(0)
    residents = residents_of(release)
    expected["resident_minors"] = [
        residents[(town, 2022 if start.year <= 2022 else 2023)]
        for town, start in zip(expected["municipality_code"], expected["start"], strict=True)
    ]
    expected["minors_per_1000"] = expected["minors_at_end"] / expected["resident_minors"] * 1000
    weeks = ((expected["end"] - expected["start"]).dt.days + 1) / 7
    hours = expected.merge(hours_of_case_holders(records, *kinds), on=KEY, how="left")["ore"].fillna(0)
    expected["fte_case_holders"] = hours / (36 * weeks)
    expected["cases_per_fte"] = (expected["open_at_end"] / expected["fte_case_holders"]).where(hours > 0)
    expected["is_complete"] = expected["end"] <= records.as_of
    check(
        release, "mart_caseload_by_municipality", expected.drop(columns=["start", "end", "months"]), key=KEY
    )


def residents_of(release) -> dict[tuple[str, int], int]:
    """Residents aged 0-17 by municipality and year (ISTAT), of the Ambito as their sum."""
    rows = release.rows("select municipality_code, year, resident_minors from seeds.resident_minors")
    known = {(town, year): count for town, year, count in rows}
    for year in (2022, 2023):
        known[(AMBITO, year)] = sum(known[(town, year)] for town in TOWNS)
    return known


def hours_of_case_holders(records: Records, *kinds: str) -> pd.DataFrame:
    staff = records["operatori"][["id_operatore", "profilo"]]
    hours = records["ore_operatori"].merge(staff, on="id_operatore", how="left")
    hours = hours[hours["profilo"].isin(CASE_HOLDERS) & hours["codice_servizio"].isin(WITH_CASES)]
    hours = hours.assign(service=hours["codice_servizio"])[["municipality", "service", "mese", "ore"]]
    both = hours.merge(records.periods(*kinds), how="cross")
    both = both[(both["mese"] >= both["start"]) & (both["mese"] <= both["end"])]
    return with_totals(both, **PLACES).rename(columns=RENAMED).groupby(KEY)["ore"].sum().reset_index()


def age_on(born: pd.Series, day: pd.Series) -> pd.Series:
    """Completed years; who was born on 29 February completes them on 1 March of other years."""
    not_yet = (day.dt.month < born.dt.month) | ((day.dt.month == born.dt.month) & (day.dt.day < born.dt.day))
    return day.dt.year - born.dt.year - not_yet


def band_of(age: pd.Series) -> pd.Series:
    return pd.cut(
        age,
        [0, 3, 6, 9, 12, 15, 18, 200],
        right=False,
        labels=["0-2", "3-5", "6-8", "9-11", "12-14", "15-17", "18+"],
    ).astype(str)


@pytest.fixture(scope="module")
def described(records: Records) -> pd.DataFrame:
    """Spells by semester and year with what is known of the minor."""
    rows = spells_by_period(records, "semester", "year")
    minors = records.persons.sort_values(ORDER)
    last = minors.drop_duplicates("person", keep="last")[
        ["person", "data_nascita", "sesso", "cittadinanza", "minore_straniero_non_accompagnato"]
    ]
    rows = rows.merge(last, on="person", how="left")
    rows["last_day"] = rows["data_chiusura"].fillna(rows["end"]).clip(upper=rows["end"])
    rows["last_day"] = rows.groupby(["period_type", "period", "person"])["last_day"].transform("max")
    unaccompanied = rows["minore_straniero_non_accompagnato"].map({True: "S", False: "N"})
    return rows.assign(
        age_band=band_of(age_on(rows["data_nascita"], rows["last_day"])),
        sex=rows["sesso"],
        citizenship=rows["cittadinanza"],
        unaccompanied=unaccompanied,
        referral_source=rows["fonte_segnalazione"],
        assessment=rows["valutazione_minore"],
        closing_reason=rows["motivo_chiusura"],
    )


@pytest.mark.parametrize(
    "dimension",
    ["age_band", "sex", "citizenship", "unaccompanied", "referral_source", "assessment", "closing_reason"],
)
def test_profile(described, release, dimension):
    rows = described.assign(category=described[dimension].fillna("non_indicato"))
    is_closing = dimension == "closing_reason"
    if is_closing:
        rows = rows[rows["closed"]]
    rows = with_totals(rows, **PLACES).rename(columns=RENAMED)
    key = [*KEY, "category"]
    counted = pd.DataFrame(
        {
            "minors_in_period": rows.groupby(key)["person"].nunique(),
            "minors_at_end": rows[rows["at_end"]].groupby(key)["person"].nunique(),
        }
    ).reset_index()
    counted["minors_at_end"] = float("nan") if is_closing else counted["minors_at_end"].fillna(0)
    check(release, "mart_caseload_profile", counted, key=key, where=f"dimension = '{dimension}'")


def test_open_data_cube(described, release):
    rows = described[described["period_type"] == "year"]
    rows = rows.assign(year=rows["period"], sex=rows["sex"].fillna("non_indicato"))
    rows = with_totals(rows, **PLACES, age_band="TUTTE", sex="TUTTI").rename(columns=RENAMED)
    key = ["year", "municipality_code", "service_code", "age_band", "sex"]
    by = rows.groupby(key)
    counted = pd.DataFrame(
        {
            "minors_in_period": by["person"].nunique(),
            "minors_at_end": rows[rows["at_end"]].groupby(key)["person"].nunique(),
            "opened": by["opened"].sum(),
            "closed": by["closed"].sum(),
        }
    ).reset_index()
    check(release, "mart_open_data_cube", counted.fillna({"minors_at_end": 0}), key=key)
