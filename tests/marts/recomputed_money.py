"""Costs by service and costs per minor out of home, worked out from the current records, day by day."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from current_tables import Tables, with_totals
from recomputed_people import Cells

from osservatorio.reference import read_seed, services

FEES = {"contributo_affido": "affidi", "retta_struttura": "inserimenti"}
OVERNIGHT = {"residenziale", "pronta_accoglienza"}


def _over(amount: float, count: float | None) -> float | None:
    return amount / count if count else None


def service_costs(tables: Tables, as_of: pd.Timestamp) -> Cells:
    spending = tables["spese"].assign(
        year=lambda rows: rows["data_competenza"].dt.year,
        importo_impegnato=lambda rows: rows["importo_impegnato"].fillna(0),
        is_fee=lambda rows: rows["voce"].isin(FEES),
    )
    of_all = (
        spending["codice_servizio"].map(lambda code: services()[code].area != "equipe_territoriale")
        & ~spending["is_fee"]
    )
    # A shared item that names no municipality is borne by the Ambito alone.
    spending.loc[of_all & spending["comune_riferimento"].isna(), "town"] = None
    spending = with_totals(spending, town="AMBITO", codice_servizio="TUTTI").dropna(subset="town")
    spells = with_totals(tables["prese_in_carico"], town="AMBITO", codice_servizio="TUTTI")
    residents = _residents()
    cells = {}
    for (year, town, service), rows in spending.groupby(["year", "town", "codice_servizio"]):
        fees = rows[rows["is_fee"]]
        paid, total = float(rows["importo"].sum() - fees["importo"].sum()), float(rows["importo"].sum())
        minors = None
        if service == "TUTTI" or services()[service].has_cases:
            mine = spells[(spells["town"] == town) & (spells["codice_servizio"] == service)]
            in_year = (mine["data_apertura"].dt.year <= year) & ~(mine["data_chiusura"].dt.year < year)
            minors = mine.loc[in_year, "person"].nunique()
        children = residents[town, year]
        cells[year, town, service] = {
            "committed": float(rows["importo_impegnato"].sum() - fees["importo_impegnato"].sum()),
            "spent": paid,
            "fees_committed": float(fees["importo_impegnato"].sum()),
            "fees": float(fees["importo"].sum()),
            "total_committed": float(rows["importo_impegnato"].sum()),
            "total_spent": total,
            "minors_in_year": minors,
            "spent_per_minor": _over(paid, minors),
            "total_per_minor": _over(total, minors),
            "resident_minors": children,
            "spent_per_resident_minor": _over(paid, children),
            "total_per_resident_minor": _over(total, children),
        }
    return cells


def _residents() -> dict[tuple[str, int], int]:
    """By municipality and year from 2000 on: of the nearest year known, of the earlier of two equally near."""
    known = defaultdict(dict)
    for row in read_seed("resident_minors"):
        known[row["municipality_code"]][int(row["year"])] = int(row["resident_minors"])
    found = {
        (town, year): counts[min(counts, key=lambda other: (abs(other - year), other))]
        for town, counts in known.items()
        for year in range(2000, 2101)
    }
    return found | {("AMBITO", year): sum(found[town, year] for town in known) for year in range(2000, 2101)}


def _cents(amount: float | Decimal) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _price(kind: str, stay, month: pd.Period, days: int) -> Decimal | None:
    """A facility by the day; a foster family the part of its month that the days are."""
    amount = stay.contributo_mensile if kind == "affidi" else stay.retta_giornaliera
    if pd.isna(amount):
        return None
    exact = Decimal(str(amount)) * days
    return _cents(exact / month.days_in_month if kind == "affidi" else exact)


def minor_costs(tables: Tables, as_of: pd.Timestamp) -> Cells:
    """By year, municipality and the numbers of the spells, which tell one minor from another."""
    days, away, spells, tariffs = (
        defaultdict(set),
        defaultdict(set),
        defaultdict(set),
        defaultdict(list),
    )
    for kind in FEES.values():
        for stay in tables[kind].itertuples():
            if stay.data_inizio > as_of:
                continue
            end = as_of if pd.isna(stay.data_fine) or stay.data_fine > as_of else stay.data_fine
            present = pd.date_range(stay.data_inizio, end)
            sleeps = (
                stay.intensita in OVERNIGHT
                if kind == "affidi"
                else stay.tipo_struttura in OVERNIGHT and not stay.con_genitore
            )
            for month, part in pd.Series(present).groupby(present.to_period("M")):
                place = (month.year, stay.town, stay.person)
                days[place, kind] |= set(part)
                away[place, kind] |= set(part) if sleeps else set()
                spells[place].add(f"{stay.codice_ente}/{stay.id_presa_in_carico}")
                tariffs[place, kind].append(_price(kind, stay, month, len(part)))
    linked = _linked(tables)
    cells = {}
    for place, numbers in spells.items():
        year, town, person = place
        last = max(max(days[place, kind]) for kind in FEES.values() if days[place, kind])
        prices = {kind: tariffs[place, kind] for kind in FEES.values() if tariffs[place, kind]}
        known = {kind: None if None in found else sum(found) for kind, found in prices.items()}
        paid = {kind: linked[place, kind] for kind in FEES.values() if (place, kind) in linked}
        parts = [paid[kind][1] if kind in paid else known[kind] for kind in {*known, *paid}]
        cost = None if None in parts else sum(parts)
        source = "spese" if set(known) <= set(paid) else "spese_e_tariffe" if paid else "tariffe"
        cells[year, town, ", ".join(sorted(numbers))] = {
            "person": person,
            "foster_days": len(days[place, "affidi"]),
            "foster_out_of_home_days": len(away[place, "affidi"]),
            "placement_days": len(days[place, "inserimenti"]),
            "placement_out_of_home_days": len(away[place, "inserimenti"]),
            "committed": sum(one for one, _ in paid.values()) if paid else None,
            "paid": sum(other for _, other in paid.values()) if paid else None,
            "tariff_cost": None if None in known.values() else sum(known.values()),
            "cost": cost,
            "cost_source": None if cost is None else source,
            **_measure(tables["provvedimenti"], person, last),
        }
    return cells


def _linked(tables: Tables) -> dict:
    """Committed and paid by year, municipality and minor of the spell, and kind."""
    items = tables["spese"][tables["spese"]["voce"].isin(FEES)].drop(columns="town")
    items = items.merge(
        tables["prese_in_carico"][["codice_ente", "id_presa_in_carico", "person", "town"]],
        on=["codice_ente", "id_presa_in_carico"],
    )
    found = {}
    for (year, town, person, voce), rows in items.groupby(
        [items["data_competenza"].dt.year, "town", "person", "voce"]
    ):
        committed = sum((_cents(each) for each in rows["importo_impegnato"].fillna(0)), Decimal(0))
        paid = sum((_cents(each) for each in rows["importo"]), Decimal(0))
        found[(year, town, person), FEES[voce]] = (committed, paid)
    return found


def _measure(measures: pd.DataFrame, person: str, last: pd.Timestamp) -> dict:
    mine = measures[(measures["person"] == person) & (measures["data_provvedimento"] <= last)]
    if mine.empty:
        return {"measure_authority": None, "measure_date": None}
    latest = mine.sort_values(["data_provvedimento", "id_provvedimento", "codice_ente"]).iloc[-1]
    return {"measure_authority": latest["autorita"], "measure_date": latest["data_provvedimento"].date()}
