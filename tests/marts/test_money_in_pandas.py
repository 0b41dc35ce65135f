"""Resources and expenditure, worked out again from the delivered files."""

import pandas as pd
from comparing import check
from records_in_pandas import ALL, ALL_SERVICES, AMBITO, Records, with_periods, with_totals
from test_caseload_in_pandas import residents_of, spells_by_period

from osservatorio.reference import services

FEES = ("retta_struttura", "contributo_affido")
AREAS = {code: service.area for code, service in services().items()}
TEAMS = "equipe_territoriale"


def expenses_of(records: Records) -> pd.DataFrame:
    """Each item with its area, whether it is a fee, and who bears it."""
    items = records["spese"]
    area = items["codice_servizio"].map(AREAS)
    is_fee = items["voce"].isin(FEES)
    of_all = (area != TEAMS) & ~is_fee & items["comune_riferimento"].isna()
    return items.assign(
        area=area,
        is_fee=is_fee,
        shared=(area != TEAMS) & ~is_fee,
        bearer=items["municipality"].where(~of_all, AMBITO),
        committed=items["importo_impegnato"].fillna(0),
        spent=items["importo"],
        year=items["data_competenza"].dt.year,
    )


def test_budget(records, release):
    key = ["year", "municipality_code", "area"]
    items = expenses_of(records)
    resources = records["risorse"].rename(columns={"anno": "year", "importo": "allotted"})
    resources["shared"] = resources["area"] != TEAMS
    money = pd.concat(
        [
            resources[["year", "municipality", "area", "shared", "allotted"]],
            pd.DataFrame(
                {
                    **{name: items[name] for name in ("year", "municipality", "shared")},
                    "area": items["area"].where(~items["is_fee"]),  # fees are of no area: of all of them only
                    **{name: items[name].where(~items["is_fee"]) for name in ("committed", "spent")},
                    **{f"fees_{name}": items[name].where(items["is_fee"]) for name in ("committed", "spent")},
                }
            ),
        ]
    )
    own = money[~money["shared"]]
    both = pd.concat([own, money.assign(municipality=AMBITO)]).rename(
        columns={"municipality": "municipality_code"}
    )
    sums = with_totals(both, area=ALL).groupby(key)[
        ["allotted", "committed", "spent", "fees_committed", "fees_spent"]
    ]
    expected = sums.sum().reset_index()
    expected["year"] = expected["year"].astype(int)
    is_all = expected["area"] == ALL
    for name in ("fees_committed", "fees_spent"):
        expected[name] = expected[name].where(is_all)
    expected["residual"] = (expected["allotted"] - expected["spent"]).round(2)
    expected["execution_rate"] = expected["spent"] / expected["allotted"].where(expected["allotted"] > 0)
    expected = expected.merge(minors_by_area(records), on=key, how="left")
    expected["minors_in_year"] = expected["minors_in_year"].fillna(0)
    minors = expected["minors_in_year"].where(expected["minors_in_year"] > 0)
    expected["spent_per_minor"] = expected["spent"] / minors
    residents = residents_of(release)
    expected["resident_minors"] = [
        residents[(town, 2022 if year <= 2022 else 2023)]
        for town, year in zip(expected["municipality_code"], expected["year"], strict=True)
    ]
    whole = expected[expected["municipality_code"] == AMBITO].set_index(["year", "area"])
    place = pd.MultiIndex.from_frame(expected[["year", "area"]])
    for share, measure in (
        ("share_of_budget", "allotted"),
        ("share_of_caseload", "minors_in_year"),
        ("share_of_resident_minors", "resident_minors"),
    ):
        of = whole[measure].reindex(place).to_numpy(float)
        expected[share] = expected[measure] / pd.Series(of).where(of > 0)
    check(release, "mart_budget", expected, key=key)


def minors_by_area(records: Records) -> pd.DataFrame:
    rows = spells_by_period(records, "year")
    rows = rows.assign(
        year=rows["period"].astype(int),
        area=rows["service"].map(AREAS),
        municipality_code=rows["municipality"],
    )
    by = with_totals(rows, municipality_code=AMBITO, area=ALL).groupby(["year", "municipality_code", "area"])
    return by["person"].nunique().rename("minors_in_year").reset_index()


def test_expenditure(records, release):
    key = ["period_type", "period", "municipality_code", "service_code", "voce"]
    items = with_periods(expenses_of(records), records.periods("semester", "year"), "data_competenza")
    own = items[items["bearer"] != AMBITO].assign(municipality_code=items["bearer"])
    both = pd.concat([own, items.assign(municipality_code=AMBITO)]).rename(
        columns={"codice_servizio": "service_code"}
    )
    sums = with_totals(both, service_code=ALL_SERVICES, voce=ALL).groupby(key)[["committed", "spent"]].sum()
    check(release, "mart_expenditure", sums.reset_index(), key=key)
