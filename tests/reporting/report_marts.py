"""The marts that yearly reports read, invented, and the indicators worked out from the marts as written.

Beside `report_figures.py`, which invents those of the semester.
"""

import math
from collections.abc import Callable, Iterable
from itertools import product
from typing import TYPE_CHECKING, Any

from osservatorio.periods import parse_period
from osservatorio.reference import code_list, municipalities, read_seed

if TYPE_CHECKING:
    from report_figures import Figures

Rows = Iterable[dict[str, Any]]
AMBITO, TUTTI, TUTTE = "AMBITO", "TUTTI", "TUTTE"
SMALL = 30


def yearly_marts(release: "Figures") -> dict[str, list[dict[str, Any]]]:
    """Marts by name."""
    return {
        "mart_flow": list(flow(release)),
        "mart_foster_care": list(placements(release, "foster")),
        "mart_residential_care": list(placements(release, "residential")),
        "mart_placement_stability": list(stability(release)),
        "mart_contact": list(contact(release)),
        "mart_supervised_meetings": list(meetings(release)),
        "mart_staffing": list(staffing(release)),
        "mart_contract_hours": list(contract_hours(release)),
        "mart_service_costs": list(costs(release)),
        "mart_cost_sharing": list(cost_sharing(release)),
        "mart_cost_sharing_by_isee": list(cost_sharing_by_isee(release)),
        "mart_isee_simulation": list(isee_simulation(release)),
        "mart_rule_compliance": list(compliance(release)),
        "mart_governance": list(governance(release)),
    }


def _size(town: str) -> int:
    """How big a municipality is: the Ambito as much as all of them."""
    if town == AMBITO:
        return 60
    return 8 if municipalities()[town].is_associated else 3


def flow(release: "Figures") -> Rows:
    for year, town in product(release.years, release.towns):
        referrals = 8 * _size(town)
        is_ripe = year < max(release.years)
        assessable = referrals if is_ripe else 0
        again = assessable // 6
        yield {
            "year": year,
            "municipality_code": town,
            "referrals": referrals,
            "immature": referrals - assessable,
            "assessable_referrals": assessable,
            "re_referrals_12m": again,
            "re_referral_rate": again / assessable if assessable else None,
            "median_days_referral_to_opening": 24.0,
            "returns_home": 3,
            "immature_returns_home": 0 if is_ripe else 3,
            "assessable_returns_home": 3 if is_ripe else 0,
            "re_entries_12m": 0,
            "re_entry_rate": 0.0 if is_ripe else None,
            "closed_spells": referrals,
            "duration_lower_quartile": 7.0,
            "duration_of_closed_spells": 12.0,
            "duration_upper_quartile": 20.0,
        }


def placements(release: "Figures", kind: str) -> Rows:
    columns = [row["column_name"] for row in release.columns if row["mart"] == f"mart_{kind}_care"]
    forms = [name for name in columns if name.startswith(("at_end_", "in_period_", "ended_"))]
    for code, town in product(release.periods, release.towns):
        associated = town == AMBITO or municipalities()[town].is_associated
        at_end = _size(town) // 2 if kind == "residential" or associated else 0
        residents = 27000 if town == AMBITO else 2700
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "municipality_code": town,
            "at_start": at_end,
            "started": at_end // 2,
            "ended": at_end // 2,
            "at_end": at_end,
            "over_24_months": at_end // 8,
            "minors_at_end": at_end,
            "minors_in_period": at_end + at_end // 2,
            "resident_minors": residents,
            "per_1000_resident_minors": 1000 * at_end / residents,
            "length_placements": at_end * 2,
            "length_ended": at_end,
            "median_months": 9.5 if at_end else None,
            "days_of_stay": at_end * 150,
            "days_without_amount": 0,
            "cost": at_end * 9000,
            **dict.fromkeys(forms, at_end // 4),
        }


def stability(release: "Figures") -> Rows:
    for year, town in product(release.years, release.towns):
        minors = _size(town)
        yield {
            "year": year,
            "municipality_code": town,
            "minors": minors,
            "placements": minors + 3,
            "days_in_care": minors * 180,
            "moves": 2,
            "moves_per_1000_days": 2000 / (minors * 180),
            "minors_three_or_more": 1,
            "long_stay_minors": 2,
            "stable_minors": 1,
        }


def contact(release: "Figures") -> Rows:
    for code, town in product(release.periods, release.towns):
        months = 60 * _size(town)
        met = int(months * release.random.uniform(0.82, 0.9))
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "municipality_code": town,
            "minors": 8 * _size(town),
            "minors_met": 7 * _size(town),
            "minor_months": months,
            "minor_months_met": met,
            "contact_rate": met / months,
        }


def meetings(release: "Figures") -> Rows:
    for code, town in product(release.periods, release.towns):
        associated = town == AMBITO or municipalities()[town].is_associated
        planned = 12 * _size(town) if associated else 0
        held, missed, cancelled = planned * 8 // 10, planned // 8, planned // 10
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "municipality_code": town,
            "planned": planned,
            "held": held,
            "missed": missed,
            "missed_rate": missed / planned if planned else None,
            "cancelled": cancelled,
            "cancelled_by_service": cancelled // 3,
            "over_150_minutes": held // 30,
            "first_meetings": 4 if planned else 0,
            "waiting_days": 25.0 if planned else None,
            "still_waiting": 1 if planned else 0,
        }


def staffing(release: "Figures") -> Rows:
    profiles = [*code_list("profilo_operatore"), TUTTE]
    services = [*release.case_services, TUTTI]
    for code, town, service, profile in product(release.periods, release.towns, services, profiles):
        if (service != TUTTI) + (profile != TUTTE) > 1:
            continue
        hours = 1800.0 * _size(town) / (1 if service == TUTTI else 6) / (1 if profile == TUTTE else 5)
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "municipality_code": town,
            "service_code": service,
            "profilo": profile,
            "hours": hours,
            "hours_per_week": hours / 52,
            "fte": hours / 52 / 36,
            "professionals": max(1, int(hours / 1500)),
        }


def contract_hours(release: "Figures") -> Rows:
    for code, row in product(release.periods, read_seed("contract_hours")):
        is_yearly = parse_period(code).type == "year"
        planned = 1700.0 if is_yearly else 850.0
        hours = planned * (0.96 if row["service_code"] == "amministrativi" else 1.02)
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "service_code": row["service_code"],
            "hours": hours,
            "contract_hours": planned,
            "difference": hours - planned,
            "coverage_rate": hours / planned,
            "hours_per_week": hours / 52,
            "hours_fixed": 32.0,
            "fixed_per": "settimana",
        }


def costs(release: "Figures") -> Rows:
    for year, town, service in product(release.years, release.towns, [*release.case_services, TUTTI]):
        minors = 20 * _size(town)
        associated = town == AMBITO or municipalities()[town].is_associated
        spent = 500.0 * minors if associated else 0.0
        fees = 900.0 * minors
        yield {
            "year": year,
            "municipality_code": town,
            "service_code": service,
            "spent": spent,
            "fees": fees,
            "total_spent": spent + fees,
            "minors_in_year": minors,
            "spent_per_minor": spent / minors,
            "total_per_minor": (spent + fees) / minors,
            "spent_per_resident_minor": spent / 2700,
            "total_per_resident_minor": (spent + fees) / 2700,
        }


def cost_sharing(release: "Figures") -> Rows:
    for year, town, what in product(release.years, release.towns, [*code_list("prestazione"), TUTTE]):
        charged = 1000.0 * _size(town)
        yield {
            "year": year,
            "municipality_code": town,
            "prestazione": what,
            "contributions": 20 * _size(town),
            "obliged_persons": 4 * _size(town),
            "payers": 3 * _size(town),
            "isee_missing": _size(town),
            "due_by_formula": charged * 1.02,
            "charged": charged,
            "paid": charged * 0.88,
            "unpaid": charged * 0.12,
            "collection_rate": 0.88,
            "derogations": 2,
            "mismatches": 1,
        }


def cost_sharing_by_isee(release: "Figures") -> Rows:
    for year, town, band in product(release.years, release.towns, code_list("isee_band")):
        yield {
            "year": year,
            "municipality_code": town,
            "prestazione": TUTTE,
            "isee_band": band,
            "obliged_persons": _size(town),
            "payers": _size(town) // 2,
            "due_by_formula": 100.0,
            "charged": 90.0,
            "paid": 80.0,
        }


def isee_simulation(release: "Figures") -> Rows:
    """What is due falls by half of what the thresholds rise."""
    services, names = [*code_list("prestazione"), TUTTE], code_list("isee_scenario")
    keys = product(release.years, read_seed("isee_scenarios"), release.towns, services)
    for year, scenario, town, what in keys:
        code = scenario["scenario_code"]
        initial, final = (float(scenario[f"isee_{name}_change"]) for name in ("iniziale", "finale"))
        persons = 4 * _size(town)
        today = 1020.0 * _size(town)
        later = today * (1 - (initial + final) / 4)
        moved = persons // 2 if initial or final else 0
        thresholds = {
            f"{which}_isee_{name}": base * (1 + change) if what != TUTTE else None
            for which in ("lowest", "highest")
            for name, base, change in (("iniziale", 6000, initial), ("finale", 26000, final))
        }
        yield {
            "year": year,
            "scenario_code": code,
            "municipality_code": town,
            "prestazione": what,
            "scenario_name": names[code],
            "scenario_description": scenario["description"],
            "scenario_order": [*names].index(code) + 1,
            "is_complete": year < max(release.years),
            "isee_iniziale_change": initial,
            "isee_finale_change": final,
            **thresholds,
            "contributions": 20 * _size(town),
            "obliged_persons": persons,
            "minors": 3 * _size(town),
            "paying_minors": 2 * _size(town),
            "affected_minors": moved // 2,
            "due_by_formula": today,
            "due_by_scenario": later,
            "difference": later - today,
            "difference_rate": later / today - 1,
            "exempt_persons": persons // 4,
            "graduated_persons": persons - persons // 4 - persons // 8,
            "full_cost_persons": persons // 8,
            "pays_more": moved if later > today else 0,
            "pays_less": moved if later < today else 0,
        }


def compliance(release: "Figures") -> Rows:
    rules = read_seed("rules")
    whole = {"rule_id": TUTTE, "title": "Tutte le regole", "severity": None, "article": None, "sort_order": 0}
    for code, town, rule in product(release.periods, release.towns, [whole, *rules]):
        if rule.get("period_kind", "record") != "record" and town != AMBITO:
            continue
        checked = 20 * _size(town) if rule is not whole else 500 * _size(town)
        broken = checked // 40
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "municipality_code": town,
            "rule_id": rule["rule_id"],
            "rule_title": rule["title"],
            "article": rule["article"],
            "severity": rule["severity"],
            "rule_order": int(rule["sort_order"]),
            "checked": checked,
            "compliant": checked - broken,
            "not_compliant": broken,
            "not_assessable": 0,
            "compliance_rate": (checked - broken) / checked,
            "is_not_recorded": False,
        }


def governance(release: "Figures") -> Rows:
    for code, level in product(release.periods, [*code_list("livello_riunione"), TUTTE]):
        technical = level == "tecnico"
        yield {
            "period_type": parse_period(code).type,
            "period": code,
            "level": level,
            "meetings": 11 if technical else 4 if level != TUTTE else 15,
            "months_without_meeting": 1 if technical else 8,
            "cases_examined": 50,
            "decisions": 40,
            "decisions_done": 32,
            "decisions_done_rate": 0.8,
            "supervision_hours": 50.5 if level == TUTTE else None,
            "supervision_contract_hours": 50.0 if level == TUTTE and len(code) == 4 else None,
            "training_hours": 30.0 if level == TUTTE else None,
        }


# Indicator -> mart, numerator, denominator, filters. A callable takes the row where a column would not do.
Part = str | Callable[[dict[str, Any]], Any]
SOURCES: dict[str, tuple[str, Part, Part, dict[str, str]]] = {
    "minori_in_carico_1000": ("mart_caseload_by_municipality", "minors_at_end", "resident_minors", {}),
    "casi_per_operatore": ("mart_caseload_by_municipality", "open_at_end", "fte_case_holders", {}),
    "interventi_svolti": ("mart_service_usage", "delivered", "interventions", {"intervention_type": TUTTI}),
    "nuova_segnalazione_12m": ("mart_flow", "re_referrals_12m", "assessable_referrals", {}),
    "rientro_fuori_famiglia_12m": ("mart_flow", "re_entries_12m", "assessable_returns_home", {}),
    "affidi_1000": ("mart_foster_care", "minors_at_end", "resident_minors", {}),
    "strutture_1000": ("mart_residential_care", "minors_at_end", "resident_minors", {}),
    "affidi_oltre_24_mesi": ("mart_foster_care", "over_24_months", "at_end", {}),
    "spostamenti_1000_giorni": ("mart_placement_stability", "moves", "days_in_care", {}),
    "tre_collocazioni": ("mart_placement_stability", "minors_three_or_more", "minors", {}),
    "minori_incontrati": ("mart_contact", "minor_months_met", "minor_months", {}),
    "incontri_mancati": ("mart_supervised_meetings", "missed", "planned", {}),
    "incontri_annullati_dal_servizio": (
        "mart_supervised_meetings",
        "cancelled_by_service",
        "cancelled",
        {},
    ),
    "incontri_oltre_150_minuti": ("mart_supervised_meetings", "over_150_minutes", "held", {}),
    "reclami_100_minori": ("mart_complaints", "received", lambda row: 900, {}),
    "reclami_entro_termine": ("mart_complaints", "answered_within_term", "term_assessable", {}),
    "reclami_accolti": ("mart_complaints", "upheld", "answered", {}),
    "questionari_restituiti": ("mart_satisfaction", "returned", "distributed", {"phase": TUTTE}),
    "soddisfatti_accesso": ("mart_satisfaction", "satisfied", "answers", {"phase": "accesso"}),
    "soddisfatti_fruizione": ("mart_satisfaction", "satisfied", "answers", {"phase": "fruizione"}),
    "soddisfatti_valutazione": ("mart_satisfaction", "satisfied", "answers", {"phase": "valutazione"}),
    "soddisfatti_totale": ("mart_satisfaction", "satisfied", "answers", {"phase": TUTTE}),
    "controlli_con_rilievi": ("mart_controls", "with_findings", "controls", {}),
    "prestazioni_conformi": ("mart_controls", "services_conforming", "services_checked", {}),
    "spesa_per_minore": ("mart_service_costs", "spent", "minors_in_year", {}),
    "spesa_totale_per_minore": ("mart_service_costs", "total_spent", "minors_in_year", {}),
    "quota_spesa": ("mart_budget", "spent", "allotted", {"area": TUTTE}),
    "quota_spesa_servizi_associati": ("mart_budget", "spent", "allotted", {"area": "servizi_associati"}),
    "quota_spesa_servizi_amministrativi": (
        "mart_budget",
        "spent",
        "allotted",
        {"area": "servizi_amministrativi"},
    ),
    "quota_spesa_equipe_territoriale": ("mart_budget", "spent", "allotted", {"area": "equipe_territoriale"}),
    "compartecipazione_riscossa": ("mart_cost_sharing", "paid", "charged", {"prestazione": TUTTE}),
    "regole_rispettate": ("mart_rule_compliance", "compliant", "checked", {"rule_id": TUTTE}),
    **{
        f"regola_{rule['rule_id']}": (
            "mart_rule_compliance",
            "compliant",
            lambda row: row["compliant"] + row["not_compliant"],
            {"rule_id": rule["rule_id"]},
        )
        for rule in read_seed("rules")
    },
    "ore_su_previste": ("mart_contract_hours", "hours", "contract_hours", {}),
    "mesi_con_incontro_tecnico": (
        "mart_governance",
        lambda row: 12 - row["months_without_meeting"],
        lambda row: 12,
        {"level": "tecnico"},
    ),
    "decisioni_attuate": ("mart_governance", "decisions_done", "decisions", {"level": TUTTE}),
}
MEDIANS = {"giorni_segnalazione_apertura": ("mart_flow", "median_days_referral_to_opening", "referrals")}


def indicators(marts: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of mart_indicators from the other marts, as they are after a test has changed them."""
    seeds = {row["indicator_code"]: row for row in read_seed("indicators")}
    rows = []
    for code, (mart, above, below, where) in SOURCES.items():
        sums: dict[tuple[str, str, str], list[float]] = {}
        for row in marts.get(mart, []):
            if any(row.get(name) != value for name, value in where.items()):
                continue
            for period in _periods(mart, row):
                place = row.get("municipality_code", AMBITO)
                key = (period, place, row.get("service_code", TUTTI))
                total = sums.setdefault(key, [0.0, 0.0])
                total[0] += float(_part(row, above) or 0)
                total[1] += float(_part(row, below) or 0)
        rows += [_indicator(seeds[code], key, *total) for key, total in sums.items()]
    for code, (mart, value, base) in MEDIANS.items():
        for row in marts.get(mart, []):
            key = (str(row["year"]), row["municipality_code"], TUTTI)
            rows.append(
                {
                    **_indicator(seeds[code], key, 0.0, float(row[base])),
                    "value": row[value],
                    "numerator": None,
                }
            )
    return rows


def _periods(mart: str, row: dict[str, Any]) -> tuple[str, ...]:
    """The periods that a row counts in: a wave in its semester and in its year."""
    if mart == "mart_satisfaction":
        return (row["period"], row["period"][:4])
    return (str(row["year"]),) if "year" in row else (row["period"],)


def _part(row: dict[str, Any], part: Part) -> Any:
    return row.get(part) if isinstance(part, str) else part(row)


def _indicator(seed: dict[str, str], key: tuple[str, str, str], above: float, below: float) -> dict[str, Any]:
    period, place, service = key
    per = float(seed["per"])
    low = high = None
    if seed["interval"] == "wilson" and below > 0:
        low, high = (per * bound for bound in wilson(above, below))
    base = above if seed["rests_on"] == "numeratore" else below
    return {
        "indicator_code": seed["indicator_code"],
        "period_type": parse_period(period).type,
        "period": period,
        "municipality_code": place,
        "service_code": service,
        "indicator_name": seed["name"],
        "numerator": above,
        "denominator": below,
        "value": per * above / below if below else None,
        "low": low,
        "high": high,
        "unit": seed["unit"],
        "value_format": seed["format"],
        "is_small": bool(seed["rests_on"]) and base < SMALL,
    }


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """The 95% interval of a share."""
    z, share = 1.959964, successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(max(share * (1 - share), 0) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
