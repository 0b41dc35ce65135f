"""Referrals, returns home, supervised meetings and contact, recomputed from what was delivered."""

import pandas as pd
from delivered_records import Delivered
from recomputed_placements import out_of_home
from recomputing import (
    PLACES,
    Cells,
    covered_from,
    is_of_age,
    middle,
    months_after,
    of_place,
    open_after,
    periods_from,
    share,
    wilson,
)

NOT_IN_PERSON = {
    "relazione_autorita_giudiziaria",
    "udienza",
    "incontro_rete",
    "equipe",
    "consulenza_legale",
    "altro",
}


def referrals(delivered: Delivered) -> pd.DataFrame:
    """town, day, waited, immature, again: the referrals that came while nothing was open."""
    by_person: dict[str, list[tuple]] = {}
    for row in delivered.spells.dropna(subset="person").itertuples(index=False):
        by_person.setdefault(row.person, []).append(row)
    found = []
    for spells in by_person.values():
        known: list[tuple[pd.Timestamp, str, int]] = []
        for day in sorted({row.data_segnalazione for row in spells if not pd.isna(row.data_segnalazione)}):
            if any(
                row.data_apertura < day and (pd.isna(row.data_chiusura) or row.data_chiusura > day)
                for row in spells
            ):
                continue
            opened = min(
                (row for row in spells if row.data_segnalazione == day),
                key=lambda row: (row.data_apertura, row.codice_ente, row.id_presa_in_carico),
            )
            known.append((day, opened.town, (opened.data_apertura - day).days))
        for number, (day, town, waited) in enumerate(known):
            following = known[number + 1][0] if number + 1 < len(known) else pd.Timestamp.max
            limit = months_after(day, 12)
            found.append((town, day, waited, limit > delivered.as_of, following <= limit))
    return pd.DataFrame(found, columns=["town", "day", "waited", "immature", "again"])


def returns_home(delivered: Delivered) -> pd.DataFrame:
    """town, day, immature, again: stays of 8 days or more that end at home before 18."""
    found = []
    for person, runs in out_of_home(delivered).items():
        birth = delivered.persons["data_nascita"].get(person)
        counted = [stay for stay in runs if (stay.last - stay.first).days >= 8]
        for stay in counted:
            if not stay.is_over or stay.closing["outcome"] != "rientro_famiglia":
                continue
            if is_of_age(birth, stay.last):
                continue
            limit = months_after(stay.last, 12)
            again = any(
                stay.last < other.first <= limit and not is_of_age(birth, other.first) for other in counted
            )
            found.append((stay.closing["town"], stay.last, limit > delivered.as_of, again))
    return pd.DataFrame(found, columns=["town", "day", "immature", "again"])


def flow(delivered: Delivered) -> Cells:
    referred, returned = referrals(delivered), returns_home(delivered)
    spells = delivered.spells
    cells: Cells = {}
    for period in periods_from(spells["data_apertura"].min(), delivered.as_of, ("year",)):
        for place in PLACES:
            cell = {}
            for rows, name, immature, again, rate in (
                (referred, "referrals", "immature", "re_referrals_12m", "re_referral"),
                (returned, "returns_home", "immature_returns_home", "re_entries_12m", "re_entry"),
            ):
                mine = of_place(rows, place)
                mine = mine[mine["day"].between(period.start, period.end)]
                mature = mine[~mine["immature"]]
                cell[name], cell[immature] = len(mine), int(mine["immature"].sum())
                cell[f"assessable_{name}"], cell[again] = len(mature), int(mature["again"].sum())
                cell[f"{rate}_rate"] = share(cell[again], len(mature))
                cell[f"{rate}_low"], cell[f"{rate}_high"] = wilson(cell[again], len(mature))
                if name == "referrals":
                    cell["median_days_referral_to_opening"] = middle(mine["waited"])
            closed = of_place(spells, place)
            closed = closed[closed["data_chiusura"].between(period.start, period.end)]
            months = (closed["data_chiusura"] - closed["data_apertura"]).dt.days * 12 / 365.25
            cell["closed_spells"] = len(closed)
            cell["duration_of_closed_spells"] = middle(months)
            cell["duration_lower_quartile"] = middle(months, 0.25)
            cell["duration_upper_quartile"] = middle(months, 0.75)
            cells[period.start.year, place] = cell
    return cells


def supervised_meetings(delivered: Delivered) -> Cells:
    meetings = delivered.acts[delivered.acts["tipo"] == "incontro_protetto"]
    spells = delivered.spells[delivered.spells["service"] == "spazio_neutro"]
    spells = spells[spells["data_apertura"] >= covered_from(delivered)].copy()
    held = meetings[meetings["esito"] == "svolto"]
    first = (
        held[held["data_intervento"] >= held["data_apertura"]]
        .groupby(["codice_ente", "id_presa_in_carico"])["data_intervento"]
        .min()
    )
    spells = spells.join(first.rename("first"), on=["codice_ente", "id_presa_in_carico"])
    cells: Cells = {}
    first_act = delivered.acts["data_intervento"].min()
    for period in periods_from(first_act, delivered.as_of, ("month", "semester", "year")):
        last = min(period.end, delivered.as_of)
        for place in PLACES:
            mine = of_place(meetings, place)
            mine = mine[mine["data_intervento"].between(period.start, period.end)]
            outcomes = mine["esito"].value_counts()
            minutes = mine[mine["esito"] == "svolto"]["durata_minuti"]
            user, service = outcomes.get("annullato_utente", 0), outcomes.get("annullato_servizio", 0)
            missed = outcomes.get("assente", 0) + user
            cell = {
                "planned": len(mine),
                "held": len(minutes),
                "cancelled": user + service,
                "cancelled_by_user": user,
                "cancelled_by_service": service,
                "no_show": outcomes.get("assente", 0),
                "interrupted": outcomes.get("interrotto", 0),
                "missed": missed,
                "over_150_minutes": (minutes > 150).sum(),
                "held_rate": share(len(minutes), len(mine)),
                "missed_rate": share(missed, len(mine)),
                "cancelled_by_service_rate": share(service, user + service),
                "over_150_rate": share((minutes > 150).sum(), len(minutes)),
                "median_minutes": middle(minutes),
            }
            cell["missed_low"], cell["missed_high"] = wilson(missed, len(mine))
            waits = of_place(spells, place)
            begun = waits[waits["first"].between(period.start, period.end)]
            waiting = open_after(waits["data_apertura"], waits["data_chiusura"], last)
            waiting &= waits["first"].isna() | (waits["first"] > last)
            # A period that the reference date has not reached yet has nothing to say.
            cell["still_waiting"] = waiting.sum() if period.start <= last else 0
            cell["first_meetings"] = len(begun)
            cell["waiting_days"] = middle((begun["first"] - begun["data_apertura"]).dt.days)
            cells[period.kind, period.name, place] = cell
    return cells


def contact(delivered: Delivered) -> Cells:
    acts, spells = delivered.acts, delivered.spells
    first_act = acts["data_intervento"].min()
    in_person = acts[(acts["esito"] == "svolto") & ~acts["tipo"].isin(NOT_IN_PERSON)]
    followed: dict[tuple[pd.Timestamp, str], tuple[set[str], set[str]]] = {}
    for month in periods_from(spells["data_apertura"].min(), delivered.as_of, ("month",)):
        if month.end > delivered.as_of:
            continue
        all_month = (spells["data_apertura"] <= month.start) & open_after(
            spells["data_apertura"], spells["data_chiusura"], month.end
        )
        in_month = in_person[in_person["data_intervento"].between(month.start, month.end)]
        for place in PLACES:
            there = set(of_place(spells[all_month], place)["person"])
            followed[month.start, place] = there, there & set(of_place(in_month, place)["person"])
    cells: Cells = {}
    for period in periods_from(first_act, delivered.as_of, ("month", "semester", "year")):
        for place in PLACES:
            months = [
                sets
                for (start, town), sets in followed.items()
                if town == place and period.start <= start <= period.end
            ]
            there = sum(len(everyone) for everyone, _ in months)
            met = sum(len(seen) for _, seen in months)
            cells[period.kind, period.name, place] = {
                "minors": len(set().union(*(everyone for everyone, _ in months))),
                "minors_met": len(set().union(*(seen for _, seen in months))),
                "minor_months": there,
                "minor_months_met": met,
                "contact_rate": share(met, there),
            }
    return cells
