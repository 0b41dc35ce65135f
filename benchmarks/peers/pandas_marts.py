"""Two marts in pandas: caseload by municipality and use of services, from the landing as Parquet files.

    python -m benchmarks.peers.pandas_marts WORK TOLD

Written as who knows pandas writes it: only the columns that are needed, categories for codes, grouping and merging of
whole columns, no loop over rows; distinct persons are counted by dropping repetitions. WORK/pandas/ receives the marts.
"""

import json
import sys
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd
import yaml

from benchmarks.peers.pandas_current import Landing, read

MARTS = ("mart_caseload_by_municipality", "mart_service_usage")
PROJECT = Path(__file__).parents[2] / "dbt_project" / "dbt_project.yml"
TOTALS = {"municipality_code": "AMBITO", "service_code": "TUTTI", "intervention_type": "TUTTI"}
PERIOD = ["period_type", "period"]
WHERE = ["municipality_code", "service_code"]
LENGTHS = {"month": 1, "semester": 6, "year": 12}
OUTCOMES = {
    "delivered": "svolto",
    "cancelled_by_user": "annullato_utente",
    "cancelled_by_service": "annullato_servizio",
    "no_show": "assente",
    "interrupted": "interrotto",
}


@dataclass(frozen=True)
class Given:
    """What both marts are made of."""

    as_of: pd.Timestamp
    variables: dict[str, object]
    spells: pd.DataFrame
    interventions: pd.DataFrame
    hours: pd.DataFrame
    periods: pd.DataFrame
    period_months: pd.DataFrame
    municipalities: pd.DataFrame
    services: pd.DataFrame
    code_lists: pd.DataFrame
    residents: pd.DataFrame


def with_totals(groups: list[str], frame: pd.DataFrame) -> "list[tuple[dict[str, str], list[str]]]":
    """Each set of kept columns, and the codes of the totals for the others."""
    sets = []
    for kept in product((True, False), repeat=len(groups)):
        names = [name for name, keep in zip(groups, kept, strict=True) if keep]
        sets.append(({name: TOTALS[name] for name in groups if name not in names}, names))
    return sets


def load(folder: Path, as_of: str, variables: dict[str, object]) -> Given:
    day = pd.Timestamp(as_of)
    landing = Landing(folder, day)
    spells = _spells(landing)
    interventions = landing.current(
        "interventi",
        ["codice_ente", "id_intervento"],
        ["id_presa_in_carico", "tipo", "esito", "data_intervento", "durata_minuti"],
    )
    first_days = [
        spells["data_apertura"].min(),
        interventions["data_intervento"].min(),
        landing.current("reclami", ["codice_ente", "id_reclamo"], ["data_ricezione"])["data_ricezione"].min(),
        landing.current("controlli", ["codice_ente", "id_controllo"], ["data_controllo"])[
            "data_controllo"
        ].min(),
    ]
    spending = landing.current("spese", ["codice_ente", "id_spesa"], ["data_competenza"])["data_competenza"]
    hours = _hours(landing)
    first_days += [spending.min(), hours["mese"].min()]
    code_lists = read(folder / "seeds.code_lists.parquet")
    periods = _periods(min(d for d in first_days if pd.notna(d)), day, variables, spells)
    anni = landing.current("risorse", ["anno", "codice_ente", "area"], [])["anno"]
    years = (
        pd.Index(periods["period_start"].dt.year)
        .union(anni.unique())
        .union(spending.dt.year.dropna().unique())
    )
    totals = code_lists.set_index("code_list")
    municipalities = read(folder / "seeds.municipalities.parquet")[["municipality_code", "name"]]
    services = read(folder / "seeds.services.parquet")[["service_code", "name", "has_cases"]]
    total_place, total_service = totals.loc["total_municipality"], totals.loc["total_service"]
    return Given(
        as_of=day,
        variables=variables,
        spells=spells,
        interventions=interventions.drop(columns="municipality_code").merge(
            spells[["codice_ente", "id_presa_in_carico", "person", *WHERE]],
            on=["codice_ente", "id_presa_in_carico"],
        ),
        hours=hours,
        periods=periods,
        period_months=_months_of(periods),
        municipalities=pd.concat(
            [
                municipalities,
                pd.DataFrame({"municipality_code": [total_place["code"]], "name": [total_place["label"]]}),
            ]
        ).rename(columns={"name": "municipality_name"}),
        services=pd.concat(
            [
                services,
                pd.DataFrame(
                    {
                        "service_code": [total_service["code"]],
                        "name": [total_service["label"]],
                        "has_cases": [True],
                    }
                ),
            ]
        ).rename(columns={"name": "service_name"}),
        code_lists=code_lists,
        residents=_residents(read(folder / "seeds.resident_minors.parquet"), years),
    )


def _spells(landing: Landing) -> pd.DataFrame:
    spells = landing.current(
        "prese_in_carico",
        ["codice_ente", "id_presa_in_carico"],
        ["id_minore", "codice_servizio", "data_apertura", "data_chiusura"],
    ).rename(columns={"codice_servizio": "service_code"})
    minors = landing.current("minori", ["codice_ente", "id_minore"], ["codice_fiscale"])
    spells = spells.merge(minors[["codice_ente", "id_minore", "codice_fiscale"]], how="left")
    known = spells["codice_fiscale"].fillna(spells["codice_ente"] + "/" + spells["id_minore"])
    spells = spells.assign(person=pd.factorize(known)[0])
    return spells.astype(dict.fromkeys(WHERE, "category"))


def _hours(landing: Landing) -> pd.DataFrame:
    key = ["id_operatore", "mese", "codice_ente", "codice_servizio"]
    hours = landing.current("ore_operatori", key, ["ore"]).rename(columns={"codice_servizio": "service_code"})
    staff = landing.current("operatori", ["id_operatore"], ["profilo"])[["id_operatore", "profilo"]]
    return hours.assign(ore=hours["ore"].astype(float)).merge(staff, on="id_operatore", how="left")


def _periods(
    first: pd.Timestamp, as_of: pd.Timestamp, variables: dict[str, object], spells: pd.DataFrame
) -> pd.DataFrame:
    first_year = max(min(first.year, as_of.year), as_of.year - int(str(variables["longest_history_years"])))
    months = pd.Series(pd.date_range(f"{first_year}-01-01", f"{as_of.year}-12-01", freq="MS"))
    semesters = months[months.dt.month.isin([1, 7])]
    years = months[months.dt.month == 1]
    half = (semesters.dt.month // 6 + 1).astype(str)
    periods = pd.concat(
        [
            pd.DataFrame(
                {"period_type": "month", "period": months.dt.strftime("%Y-%m"), "period_start": months}
            ),
            pd.DataFrame(
                {
                    "period_type": "semester",
                    "period": semesters.dt.year.astype(str) + "-S" + half,
                    "period_start": semesters,
                }
            ),
            pd.DataFrame({"period_type": "year", "period": years.dt.year.astype(str), "period_start": years}),
        ],
        ignore_index=True,
    )
    last = periods["period_start"].dt.to_period("M") + periods["period_type"].map(LENGTHS) - 1
    periods["period_end"] = last.dt.to_timestamp(how="end").dt.normalize()
    closed = spells["data_chiusura"].min()
    covered = spells["data_apertura"].min() if pd.isna(closed) else closed
    periods["is_complete"] = periods["period_end"] <= as_of
    periods["is_covered"] = periods["period_start"] >= pd.Timestamp(covered.year, 1, 1)
    return periods


def _months_of(periods: pd.DataFrame) -> pd.DataFrame:
    steps = periods.loc[periods.index.repeat(periods["period_type"].map(LENGTHS)), [*PERIOD, "period_start"]]
    offset = steps.groupby(PERIOD).cumcount()
    month = (steps["period_start"].dt.to_period("M") + offset).dt.to_timestamp()
    return steps[PERIOD].assign(month_start=month.astype("datetime64[s]"))


def _residents(known: pd.DataFrame, years: pd.Index) -> pd.DataFrame:
    """The nearest year known to each year; of two equally near, the earlier."""
    pairs = pd.DataFrame({"asked": years}).merge(known, how="cross")
    pairs["far"] = (pairs["asked"] - pairs["year"]).abs()
    pairs = pairs.sort_values(["far", "year"]).drop_duplicates(["asked", "municipality_code"])
    places = pairs[["asked", "municipality_code", "resident_minors", "year"]]
    total = places.groupby("asked", as_index=False).agg(
        resident_minors=("resident_minors", "sum"), year=("year", "max")
    )
    both = pd.concat([places, total.assign(municipality_code=TOTALS["municipality_code"])])
    return both.rename(columns={"year": "resident_minors_year", "asked": "year"})


def _month(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M").dt.to_timestamp().astype("datetime64[s]")


def _as_texts(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return frame.astype({name: "str" for name in names if name in frame})


def caseload(given: Given) -> pd.DataFrame:
    counted = _caseload_counts(given)
    hours = _case_holder_hours(given)
    periods = given.periods[given.periods["period_start"] >= _year_start(given.spells["data_apertura"].min())]
    grid = periods.merge(given.municipalities, how="cross").merge(
        given.services[given.services["has_cases"].astype(bool)], how="cross"
    )
    grid["year"] = grid["period_start"].dt.year
    mart = grid.merge(counted, on=[*PERIOD, *WHERE], how="left").merge(
        hours, on=[*PERIOD, *WHERE], how="left"
    )
    mart = mart.merge(given.residents, on=["year", "municipality_code"], how="left")
    counts = ["open_at_start", "opened", "closed", "open_at_end", "minors_at_end", "minors_in_period"]
    mart[counts] = mart[counts].fillna(0).astype("int64")
    mart["case_holder_hours"] = mart["hours"].fillna(0.0)
    weeks = ((mart["period_end"] - mart["period_start"]).dt.days + 1) / 7.0
    mart["fte_case_holders"] = mart["case_holder_hours"] / (
        float(str(given.variables["full_time_weekly_hours"])) * weeks
    )
    mart["minors_per_1000"] = (
        mart["minors_at_end"] * 1000 / mart["resident_minors"].where(mart["resident_minors"] != 0)
    )
    mart["cases_per_fte"] = mart["open_at_end"] / mart["fte_case_holders"].where(
        mart["fte_case_holders"] != 0
    )
    return mart[
        [
            *PERIOD, *WHERE, "municipality_name", "service_name", "period_start", "period_end", "is_complete",
            "is_covered", *counts, "resident_minors", "resident_minors_year", "minors_per_1000", "case_holder_hours",
            "fte_case_holders", "cases_per_fte",
        ]
    ]  # fmt: skip


def _year_start(day: pd.Timestamp) -> pd.Timestamp:
    return pd.Timestamp(day.year, 1, 1)


def _caseload_counts(given: Given) -> pd.DataFrame:
    """Spells that run in each period: one filter of all spells a period, then the four sets of totals at once."""
    spells = given.spells
    opened, closed = spells["data_apertura"], spells["data_chiusura"].fillna(pd.Timestamp.max.normalize())
    has_closed = spells["data_chiusura"].notna()
    parts = []
    for row in given.periods.itertuples():
        runs = (opened <= row.period_end) & (closed >= row.period_start)
        before = row.period_start - pd.Timedelta(days=1)
        part = spells.loc[runs, [*WHERE, "person"]]
        a, c = opened[runs], closed[runs]
        parts.append(
            part.assign(
                place=row.Index,
                open_at_start=(a <= before) & (c > before),
                opened=(a >= row.period_start) & (a <= row.period_end),
                closed=has_closed[runs] & (c >= row.period_start) & (c <= row.period_end),
                open_at_end=(a <= row.period_end) & (c > row.period_end),
            )
        )
    running = pd.concat(parts)
    flags = ["open_at_start", "opened", "closed", "open_at_end"]
    results = []
    for totals, kept in with_totals(WHERE, running):
        group = ["place", *kept]
        sums = running.groupby(group, observed=True)[flags].sum()
        sums["minors_at_end"] = (
            running.loc[running["open_at_end"], [*group, "person"]]
            .drop_duplicates()
            .groupby(group, observed=True)
            .size()
        )
        sums["minors_in_period"] = (
            running[[*group, "person"]].drop_duplicates().groupby(group, observed=True).size()
        )
        results.append(_as_texts(sums.reset_index(), WHERE).assign(**totals))
    counted = pd.concat(results, ignore_index=True)
    return counted.merge(given.periods[PERIOD], left_on="place", right_index=True).drop(columns="place")


def _case_holder_hours(given: Given) -> pd.DataFrame:
    hours = given.hours[given.hours["profilo"].isin(list(given.variables["case_holder_profiles"]))]  # type: ignore[call-overload]
    services = given.services.loc[
        given.services["has_cases"].astype(bool) & (given.services["service_code"] != TOTALS["service_code"]),
        "service_code",
    ]
    hours = hours[hours["service_code"].isin(services)].assign(
        month_start=hours["mese"].astype("datetime64[s]")
    )
    hours = hours.groupby(["month_start", *WHERE], as_index=False)["ore"].sum().merge(given.period_months)
    results = [
        hours.groupby([*PERIOD, *kept], as_index=False)["ore"].sum().assign(**totals)
        for totals, kept in with_totals(WHERE, hours)
    ]
    summed = pd.concat(results, ignore_index=True)
    return summed.assign(hours=summed["ore"].round(2)).drop(columns="ore")


def service_usage(given: Given) -> pd.DataFrame:
    types = given.code_lists[
        given.code_lists["code_list"].isin(["tipo_intervento", "total_intervention_type"])
    ]
    names = types[["code", "label"]].set_axis(["intervention_type", "intervention_type_name"], axis=1)
    acts = given.interventions.assign(
        month_start=_month(given.interventions["data_intervento"]),
        intervention_type=given.interventions["tipo"].astype("category"),
        esito=given.interventions["esito"].astype("category"),
    )
    keys = [*PERIOD, *WHERE, "intervention_type"]
    mart = _counted(acts, given.period_months).merge(_reached(acts, given, types), on=keys, how="left")
    mart = mart.merge(given.periods, on=PERIOD).merge(given.municipalities, on="municipality_code")
    mart = mart.merge(given.services, on="service_code").merge(names, on="intervention_type")
    mart["minors_reached"] = mart["minors_reached"].fillna(0).astype("int64")
    mart["delivery_rate"] = mart["delivered"] / mart["interventions"]
    return mart[
        [
            *keys, "municipality_name", "service_name", "intervention_type_name", "period_start", "period_end",
            "is_complete", "interventions", *OUTCOMES, "hours_delivered", "median_minutes", "delivery_rate",
            "minors_reached",
        ]
    ]  # fmt: skip


def _counted(acts: pd.DataFrame, period_months: pd.DataFrame) -> pd.DataFrame:
    """Acts by outcome and length, cumulated over periods and totals; medians from the counts of each length."""
    cells = [*WHERE, "intervention_type", "esito", "durata_minuti"]
    by_month = (
        acts.groupby(["month_start", *cells], observed=True, dropna=False).size().rename("n").reset_index()
    )
    by_period = (
        by_month.merge(period_months).groupby([*PERIOD, *cells], observed=True, dropna=False)["n"].sum()
    )
    by_period = by_period.reset_index()
    results = []
    for totals, kept in with_totals([*WHERE, "intervention_type"], by_period):
        keys = [*PERIOD, *kept]
        counts = (
            by_period.groupby([*keys, "esito", "durata_minuti"], observed=True, dropna=False)["n"]
            .sum()
            .reset_index()
        )
        outcomes = counts.pivot_table(
            index=keys, columns="esito", values="n", aggfunc="sum", observed=True, fill_value=0
        )
        summed = counts.groupby(keys, observed=True)["n"].sum().rename("interventions").to_frame()
        for name, outcome in OUTCOMES.items():
            summed[name] = outcomes.get(outcome, 0)
        summed = summed.fillna(0).astype("int64")
        done = counts[counts["esito"] == OUTCOMES["delivered"]].sort_values("durata_minuti")
        minutes = (
            (done["n"] * done["durata_minuti"]).groupby([done[key] for key in keys], observed=True).sum()
        )
        summed["hours_delivered"] = minutes.reindex(summed.index).fillna(0) / 60
        grouped = done.groupby(keys, observed=True)["n"]
        so_far, in_all = grouped.cumsum(), grouped.transform("sum")
        lower = done[so_far >= (in_all + 1) // 2].groupby(keys, observed=True)["durata_minuti"].min()
        upper = done[so_far >= in_all // 2 + 1].groupby(keys, observed=True)["durata_minuti"].min()
        summed["median_minutes"] = ((lower + upper) / 2.0).reindex(summed.index)
        results.append(_as_texts(summed.reset_index(), [*WHERE, "intervention_type"]).assign(**totals))
    return pd.concat(results, ignore_index=True)


def _reached(acts: pd.DataFrame, given: Given, types: pd.DataFrame) -> pd.DataFrame:
    """Persons met, each once in every period and total."""
    known = types.loc[types["code_list"] == "tipo_intervento", "code"]
    met = acts[(acts["esito"] == OUTCOMES["delivered"]) & acts["intervention_type"].isin(known)]
    met = met[["month_start", *WHERE, "intervention_type", "person"]].drop_duplicates()
    periods = given.periods[PERIOD].rename_axis("place").reset_index()
    months = given.period_months.merge(periods)[["month_start", "place"]]
    met = met.merge(months, on="month_start").drop(columns="month_start").drop_duplicates()
    results = []
    for totals, kept in with_totals([*WHERE, "intervention_type"], met):
        group = ["place", *kept]
        distinct = met[[*group, "person"]].drop_duplicates() if totals else met
        size = distinct.groupby(group, observed=True).size().rename("minors_reached").reset_index()
        results.append(_as_texts(size, [*WHERE, "intervention_type"]).assign(**totals))
    return pd.concat(results, ignore_index=True).merge(periods, on="place").drop(columns="place")


def main(folder: str, told: str) -> None:
    started = time.perf_counter()
    work = Path(folder)
    about = json.loads((work / "about.json").read_text())
    variables = {**yaml.safe_load(PROJECT.read_text())["vars"], **about["variables"]}
    given = load(work / "tables", about["as_of"], variables)
    out = work / "pandas"
    out.mkdir()
    for name, mart in zip(MARTS, (caseload(given), service_usage(given)), strict=True):
        mart.to_parquet(out / f"{name}.parquet", index=False)
    Path(told).write_text(json.dumps({"work": time.perf_counter() - started}))


if __name__ == "__main__":
    main(*sys.argv[1:])
