"""Acts of service, worked out again from the delivered files."""

import pandas as pd
from comparing import check
from records_in_pandas import ALL_SERVICES, AMBITO, with_periods, with_totals

KEY = ["period_type", "period", "municipality_code", "service_code", "intervention_type"]


def test_service_usage(records, release):
    acts = records.of_spells("interventi").rename(
        columns={"municipality": "municipality_code", "service": "service_code", "tipo": "intervention_type"}
    )
    wanted = [*KEY[2:], "person", "esito", "durata_minuti", "data_intervento"]
    expected = []
    for kind in ("month", "semester", "year"):
        rows = with_periods(months_of(acts[wanted]), records.periods(kind), "month_start")
        rows = with_totals(
            rows.drop(columns=["start", "end", "months"]),
            municipality_code=AMBITO,
            service_code=ALL_SERVICES,
            intervention_type=ALL_SERVICES,
        )
        expected.append(counted(rows))
    check(release, "mart_service_usage", pd.concat(expected), key=KEY)


def months_of(acts: pd.DataFrame) -> pd.DataFrame:
    return acts.assign(month_start=acts["data_intervento"].dt.to_period("M").dt.start_time)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    # A million texts are looked at once, not for each group.
    rows = rows.astype(dict.fromkeys(KEY, "category"))
    by = rows.groupby(KEY, observed=True)
    held = rows[rows["esito"] == "svolto"].groupby(KEY, observed=True)
    outcomes = rows.groupby([*KEY, "esito"], observed=True).size().unstack(fill_value=0)
    result = pd.DataFrame(
        {
            "interventions": by.size(),
            "delivered": outcomes["svolto"],
            "cancelled_by_user": outcomes["annullato_utente"],
            "cancelled_by_service": outcomes["annullato_servizio"],
            "no_show": outcomes["assente"],
            "interrupted": outcomes["interrotto"],
            "hours_delivered": held["durata_minuti"].sum() / 60,
            "minors_reached": held["person"].nunique(),
            "median_minutes": held["durata_minuti"].median(),
        }
    )
    zeros = ["hours_delivered", "minors_reached"]
    result[zeros] = result[zeros].astype("float64").fillna(0)
    result["delivery_rate"] = result["delivered"] / result["interventions"]
    return result.reset_index()
