"""Foster care, facilities and stability out of home, recomputed from what was delivered, day by day."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
from delivered_records import Delivered
from recomputing import (
    DAY,
    PLACES,
    Cells,
    Period,
    covered_from,
    is_of_age,
    kaplan_meier_days,
    months_after,
    of_place,
    open_after,
    periods_from,
    share,
    wilson,
)

FOSTER = {
    "forma": ["consensuale", "giudiziale"],
    "collocazione": ["etero_familiare", "intra_familiare"],
    "intensita": ["residenziale", "diurno", "tempo_parziale", "pronta_accoglienza"],
}
FACILITY = {
    "tipo_struttura": ["residenziale", "semiresidenziale"],
    "titolo": ["consenso", "provvedimento_ag", "art_403", "verbale_msna"],
    "con_genitore": ["s", "n"],
}
OUTCOMES = {
    "1": "rientro_famiglia",
    "2": "altra_famiglia",
    "3": "adozione",
    "4": "struttura",
    "5": "struttura",
    "6": "autonomia",
    "7": "rimpatrio",
    "8": "altro",
    "9": "altro",
}
CENT = Decimal("0.01")


def _prepared(delivered: Delivered, rows: pd.DataFrame, amount: str) -> pd.DataFrame:
    rows = rows[rows["data_inizio"] <= delivered.as_of].copy()
    rows["end"] = rows["data_fine"].where(rows["data_fine"] <= delivered.as_of)
    rows["length"] = (rows["end"].fillna(delivered.as_of) - rows["data_inizio"]).dt.days
    rows["outcome"] = rows["esito"].map(OUTCOMES).fillna("non_indicato")
    described = delivered.persons.reindex(rows["person"])
    rows["birth"] = described["data_nascita"].to_numpy()
    rows["alone"] = described["minore_straniero_non_accompagnato"].fillna(False).astype(bool).to_numpy()
    rows["amount"] = [None if pd.isna(value) else Decimal(str(value)) for value in rows[amount]]
    if "con_genitore" in rows:
        rows["con_genitore"] = rows["con_genitore"].map({True: "s", False: "n"})
    return rows.reset_index(drop=True)


def _presence(rows: pd.DataFrame, as_of: pd.Timestamp, monthly: bool) -> pd.DataFrame:
    """Days and cost by placement and month, counting the days one by one."""
    found = []
    for index, row in rows.iterrows():
        last = as_of if pd.isna(row["end"]) else row["end"]
        days = Counter(day.replace(day=1) for day in pd.date_range(row["data_inizio"], last))
        for month, number in days.items():
            cost = None if row["amount"] is None else row["amount"] * number
            if cost is not None and monthly:
                cost = (cost / month.days_in_month).quantize(CENT, ROUND_HALF_UP)
            found.append((index, row["town"], month, number, cost))
    return pd.DataFrame(found, columns=["placement", "town", "month", "days", "cost"])


def _cell(rows: pd.DataFrame, categories: dict[str, list[str]], period: Period, as_of: pd.Timestamp):
    start, end = rows["data_inizio"], rows["end"]
    at_start = open_after(start, end, period.start - DAY)
    at_end = open_after(start, end, period.end)
    inside = (start <= period.end) & (end.isna() | (end >= period.start))
    ended = end.between(period.start, period.end)
    last = min(period.end, as_of)
    there, within, gone = rows[at_end], rows[inside], rows[ended]
    cell = {
        "at_start": at_start.sum(),
        "started": start.between(period.start, period.end).sum(),
        "ended": ended.sum(),
        "at_end": at_end.sum(),
        "over_24_months": sum(months_after(day, 24) < last for day in there["data_inizio"]),
        "minors_in_period": within["person"].nunique(),
        "minors_at_end": there["person"].nunique(),
        "minors_at_end_of_age": len(
            {p for p, b in zip(there["person"], there["birth"], strict=True) if is_of_age(b, last)}
        ),
        "minors_at_end_not_unaccompanied": there[~there["alone"]]["person"].nunique(),
    }
    for column, codes in categories.items():
        for name, those in (("at_end", there), ("in_period", within)):
            counts = Counter(those[column])
            cell |= {f"{name}_{column}_{code}": counts[code] for code in codes}
    outcomes = Counter(gone["outcome"])
    cell |= {f"ended_{outcome}": outcomes[outcome] for outcome in {*OUTCOMES.values(), "non_indicato"}}
    return cell


def _placements(delivered: Delivered, rows: pd.DataFrame, categories, amount: str) -> Cells:
    first = rows["data_inizio"].min()
    rows = _prepared(delivered, rows, amount)
    presence = _presence(rows, delivered.as_of, monthly=amount == "contributo_mensile")
    cells: Cells = {}
    for period in periods_from(first, delivered.as_of, ("semester", "year")):
        years = sorted({year for _, year in delivered.residents})
        year = min(years, key=lambda known: (abs(known - period.start.year), known))
        for place in PLACES:
            mine = of_place(rows, place)
            cell = _cell(mine, categories, period, delivered.as_of)
            known = mine[mine["data_inizio"].between(covered_from(delivered), period.end)]
            lengths = [
                (length, not pd.isna(end)) for length, end in zip(known["length"], known["end"], strict=True)
            ]
            cell |= {"length_placements": len(lengths), "length_ended": sum(ended for _, ended in lengths)}
            for name, left in (("lower_quartile", 1), ("median", 2), ("upper_quartile", 3)):
                days = kaplan_meier_days(lengths, Fraction(left, 4))
                cell[f"{name}_months"] = None if days is None else days * 12 / 365.25
            residents = sum(
                number
                for (town, known_year), number in delivered.residents.items()
                if known_year == year and place in (town, "AMBITO")
            )
            cell |= {
                "resident_minors": residents,
                "resident_minors_year": year,
                "per_1000_resident_minors": cell["minors_at_end"] * 1000 / residents,
                "per_1000_not_unaccompanied": cell["minors_at_end_not_unaccompanied"] * 1000 / residents,
            }
            days = of_place(presence, place)
            days = days[days["month"].between(period.start, period.end)]
            cell |= {
                "days_of_stay": days["days"].sum(),
                "days_without_amount": days[days["cost"].isna()]["days"].sum(),
                "cost": float(sum(days["cost"].dropna(), Decimal(0))),
            }
            cells[period.kind, period.name, place] = cell
    return cells


def foster_care(delivered: Delivered) -> Cells:
    return _placements(delivered, delivered.affidi, FOSTER, "contributo_mensile")


def residential_care(delivered: Delivered) -> Cells:
    return _placements(delivered, delivered.inserimenti, FACILITY, "retta_giornaliera")


@dataclass
class Stay:
    """A run of days out of home without a day at home, and its placements in order."""

    first: pd.Timestamp
    last: pd.Timestamp
    placements: list[pd.Series] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return all(not pd.isna(p["end"]) for p in self.placements)

    @property
    def closing(self) -> pd.Series:
        far = pd.Timestamp.max
        return max(
            self.placements,
            key=lambda p: (far if pd.isna(p["end"]) else p["end"], p["data_inizio"], *p["key"]),
        )


def out_of_home(delivered: Delivered) -> dict[str, list[Stay]]:
    """The stays of each person, in order: overnight foster care and facilities, without a parent."""
    foster = _prepared(delivered, delivered.affidi, "contributo_mensile")
    foster = foster[foster["intensita"].isin(["residenziale", "pronta_accoglienza"])]
    facility = _prepared(delivered, delivered.inserimenti, "retta_giornaliera")
    facility = facility[(facility["tipo_struttura"] == "residenziale") & (facility["con_genitore"] == "n")]
    rows = pd.concat(
        [
            foster.assign(
                key=[("affido", *k) for k in zip(foster["codice_ente"], foster["id_affido"], strict=True)]
            ),
            facility.assign(
                key=[
                    ("struttura", *k)
                    for k in zip(facility["codice_ente"], facility["id_inserimento"], strict=True)
                ]
            ),
        ]
    )
    stays: dict[str, list[Stay]] = {}
    for person, of_person in rows.groupby("person"):
        runs: list[Stay] = []
        ordered = sorted(
            (row for _, row in of_person.iterrows()),
            key=lambda p: (p["data_inizio"], pd.Timestamp.max if pd.isna(p["end"]) else p["end"], p["key"]),
        )
        for placement in ordered:
            until = delivered.as_of if pd.isna(placement["end"]) else placement["end"]
            if runs and placement["data_inizio"] <= runs[-1].last + DAY:
                runs[-1].last = max(runs[-1].last, until)
            else:
                runs.append(Stay(placement["data_inizio"], until))
            runs[-1].placements.append(placement)
        stays[person] = runs
    return stays


def _days_once(stays: dict[str, list[Stay]], as_of: pd.Timestamp) -> Counter:
    """Days by (place, year): a day of two placements belongs to the earlier."""
    days: Counter = Counter()
    for runs in stays.values():
        for stay in runs:
            seen: set[pd.Timestamp] = set()
            for placement in stay.placements:
                last = as_of if pd.isna(placement["end"]) else placement["end"]
                new = set(pd.date_range(placement["data_inizio"], last)) - seen
                seen |= new
                days.update((placement["town"], day.year) for day in new)
    return days


def placement_stability(delivered: Delivered) -> Cells:
    stays = out_of_home(delivered)
    days = _days_once(stays, delivered.as_of)
    first = min(runs[0].first for runs in stays.values())
    cells: Cells = {}
    for period in periods_from(first, delivered.as_of, ("year",)):
        year, last = period.start.year, min(period.end, delivered.as_of)
        for place in PLACES:
            counts: Counter = Counter()
            for runs in stays.values():
                placements = [
                    (stay, number, p)
                    for stay in runs
                    for number, p in enumerate(stay.placements)
                    if place in (p["town"], "AMBITO")
                    and p["data_inizio"] <= last
                    and not p["end"] < period.start
                ]
                if not placements:
                    continue
                now = [(stay, p) for stay, _, p in placements if pd.isna(p["end"]) or p["end"] > last]
                is_long = any(months_after(stay.first, 12) <= last for stay, _ in now)
                is_stable = is_long and all(months_after(p["data_inizio"], 12) <= last for _, p in now)
                counts.update(
                    {
                        "minors": 1,
                        "placements": len(placements),
                        "moves": sum(n > 0 and p["data_inizio"] >= period.start for _, n, p in placements),
                        "minors_three_or_more": len(placements) >= 3,
                        "long_stay_minors": is_long,
                        "stable_minors": is_stable,
                    }
                )
            names = ("minors", "placements", "moves", "minors_three_or_more", "long_stay_minors")
            cell = {name: counts[name] for name in (*names, "stable_minors")}
            cell["days_in_care"] = sum(
                n for (town, y), n in days.items() if y == year and place in (town, "AMBITO")
            )
            cell["moves_per_1000_days"] = share(cell["moves"], cell["days_in_care"], per=1000)
            for name, part, whole in (
                ("three_or_more", "minors_three_or_more", "minors"),
                ("stability", "stable_minors", "long_stay_minors"),
            ):
                cell[f"{name}_rate"] = share(cell[part], cell[whole])
                cell[f"{name}_low"], cell[f"{name}_high"] = wilson(cell[part], cell[whole])
            cells[year, place] = cell
    return cells
