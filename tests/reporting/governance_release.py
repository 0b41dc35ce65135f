"""What the governance pack reads, in the invented release: rules with their findings, deadlines, meetings, money, hours."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from report_release import AS_OF, SEMESTERS, FakeRelease, Rows

from osservatorio.periods import parse_period
from osservatorio.reference import municipalities, read_seed

TOTAL = "TUTTE"
KINDS = read_seed("deadline_kinds")
RULES = {row["rule_id"]: row for row in read_seed("rules")}
PSEUDONYM = "ab" * 32
COUNTED = ("compliant", "not_compliant", "not_assessable")
COVERED = SEMESTERS[1:]


def governance_marts(release: FakeRelease) -> dict[str, list[dict[str, Any]]]:
    """The marts of the pack, each consistent with the others: counts are those of the lists."""
    deadlines = list(_deadlines())
    compliance = list(_compliance(release))
    return {
        "mart_rule_compliance": compliance,
        "mart_rule_findings": list(_findings(compliance)),
        "mart_indicators": list(_indicators(compliance)),
        "mart_deadlines": deadlines,
        "mart_deadline_counts": list(_counts(release, deadlines)),
        "mart_meetings": list(_meetings()),
        "mart_governance": list(_governance()),
        "mart_budget_progress": list(_progress(release)),
        "mart_contract_hours": list(_hours()),
    }


def _compliance(release: FakeRelease) -> Rows:
    """Records of every rule in each municipality; whole periods in the Ambito alone."""
    for code in COVERED:
        cells: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        for number, (rule, town) in enumerate(product(RULES, release.towns)):
            of_period = RULES[rule]["period_kind"] != "record"
            if (town == "AMBITO") != of_period:
                continue
            counts = (
                dict(zip(COUNTED, (1, 0, 0), strict=True))
                if of_period
                else {
                    "compliant": 12 + number % 9,
                    "not_compliant": int(number % 5 == 0) * (number % 7),
                    "not_assessable": int(number % 11 == 0),
                }
            )
            for place, of_rule in product({town, "AMBITO"}, (rule, TOTAL)):
                for name, value in counts.items():
                    cells[place, of_rule][name] += value
        period = parse_period(code)
        for (town, rule), counts in cells.items():
            told = counts["compliant"] + counts["not_compliant"]
            seed = RULES.get(rule, {})
            yield {
                "period_type": "semester",
                "period": code,
                "municipality_code": town,
                "rule_id": rule,
                "rule_title": seed.get("title", "Tutte le regole"),
                "article": seed.get("article"),
                "severity": seed.get("severity"),
                "rule_order": int(seed.get("sort_order", 0)),
                "is_complete": period.end <= AS_OF,
                "checked": told + counts["not_assessable"],
                **counts,
                "not_applicable": 0,
                "compliance_rate": counts["compliant"] / told if told else None,
                "is_not_recorded": False,
            }


def _findings(compliance: list[dict[str, Any]]) -> Rows:
    """As many as the counts say, in the days of their semester."""
    for row in compliance:
        if row["rule_id"] == TOTAL or row["municipality_code"] == "AMBITO":
            continue
        start = parse_period(row["period"]).start
        town, rule = row["municipality_code"], RULES[row["rule_id"]]
        is_person = rule["on_record"] == "operatori"
        outcomes = [("not_compliant", "Non conforme")] * row["not_compliant"]
        outcomes += [("not_assessable", "Non valutabile")] * row["not_assessable"]
        for number, (outcome, name) in enumerate(outcomes):
            yield {
                "rule_id": row["rule_id"],
                "municipality_code": town,
                "codice_ente": town,
                "record_id": PSEUDONYM[:-2] + f"{number:02x}"
                if is_person
                else f"D-{town}-{row['period']}-{number}",
                "municipality_name": municipalities()[town].name,
                "service_code": None if is_person else "adm",
                "service_name": None if is_person else "Assistenza educativa domiciliare ai minori",
                "record_name": rule["record_name"],
                "record_detail": f"Educatore · Soggetto partner · 0{number + 1}/02/2020"
                if is_person
                else None,
                "rule_title": rule["title"],
                "article": rule["article"],
                "severity": rule["severity"],
                "outcome": outcome,
                "outcome_name": name,
                "event_date": start + timedelta(days=number),
                "what_is_missing": f"Manca ciò che chiede {row['rule_id']}.",
                "how_to_mend": rule["how_to_mend"],
                "cost_to_recover": 1250 if row["rule_id"] == "R16.1" else None,
            }


def _indicators(compliance: list[dict[str, Any]]) -> Rows:
    """Those of the first page: rules kept and cases for each professional."""
    names = {row["indicator_code"]: row for row in read_seed("indicators")}
    for row in compliance:
        if row["rule_id"] != TOTAL:
            continue
        key = {
            "period": row["period"],
            "period_type": "semester",
            "municipality_code": row["municipality_code"],
            "service_code": "TUTTI",
        }
        told = row["compliant"] + row["not_compliant"]
        rate = row["compliance_rate"]
        kept = {"value": rate, "numerator": row["compliant"], "denominator": told}
        cases = {"value": 31.2, "numerator": 312, "denominator": 10, "low": None, "high": None}
        for code, values in (
            ("regole_rispettate", {**kept, "low": rate - 0.01, "high": rate + 0.01}),
            ("casi_per_operatore", cases),
        ):
            seed = names[code]
            yield {
                **key,
                "indicator_code": code,
                "indicator_name": seed["name"],
                "unit": seed["unit"],
                "value_format": seed["format"],
                "is_small": False,
                **values,
            }


def _deadlines() -> Rows:
    """Of each kind one past due and one ahead in every associated municipality; of 18 only ahead."""
    towns = [town for town in municipalities().values() if town.is_associated]
    for place, (kind, town) in enumerate(product(KINDS, towns)):
        for day in (AS_OF - timedelta(days=40 + place), AS_OF + timedelta(days=1 + place)):
            is_birthday = kind["deadline_kind"] in ("diciotto_anni", "progetto_verifica")
            if is_birthday and day < AS_OF:
                continue
            of_service = kind["deadline_kind"] != "relazione_ag"
            yield {
                "deadline_kind": kind["deadline_kind"],
                "codice_ente": town.code,
                "record_id": f"S-{town.slug}-{place}-{day:%j}",
                "deadline_name": kind["name"],
                "article": kind["article"],
                "horizon_days": int(kind["horizon_days"]),
                "municipality_code": town.code,
                "municipality_name": town.name,
                "service_code": "adm" if of_service else None,
                "service_name": "Assistenza educativa domiciliare ai minori" if of_service else None,
                "record_name": kind["record_name"],
                "detail": kind["detail_text"].replace("{valore}", "V1"),
                "due_date": day,
                "days_left": (day - AS_OF).days,
                "is_overdue": day < AS_OF,
                "what_to_do": kind["what_to_do"],
            }


def _counts(release: FakeRelease, deadlines: list[dict[str, Any]]) -> Rows:
    for kind, town in product(KINDS, release.towns):
        rows = [
            row
            for row in deadlines
            if row["deadline_kind"] == kind["deadline_kind"] and town in (row["municipality_code"], "AMBITO")
        ]
        past = [row["due_date"] for row in rows if row["is_overdue"]]
        ahead = [row["due_date"] for row in rows if not row["is_overdue"]]
        name = municipalities()[town].name if town in municipalities() else "Ambito di Seregno"
        yield {
            "deadline_kind": kind["deadline_kind"],
            "municipality_code": town,
            "deadline_name": kind["name"],
            "municipality_name": name,
            "article": kind["article"],
            "horizon_days": int(kind["horizon_days"]),
            "deadline_order": int(kind["sort_order"]),
            "overdue": len(past),
            "upcoming": len(ahead),
            "deadlines": len(rows),
            "oldest_due_date": min(past, default=None),
            "next_due_date": min(ahead, default=None),
        }


def _meetings() -> Rows:
    """Every second month of 2021 and 2022 a meeting of governance, every month a technical one; after the period too."""
    names = {"governance": "Governance (primo livello)", "tecnico": "Tecnico (secondo livello)"}
    for year, month in product((2021, 2022), range(1, 13)):
        day = date(year, month, 10)
        for level in ("governance", "tecnico") if month % 2 else ("tecnico",):
            if day > AS_OF:
                continue
            done = 3 if month != 6 else 4  # in June everything was carried out
            yield {
                "codice_ente": "108039",
                "record_id": f"{level[:3].upper()}-{day:%Y-%m}",
                "municipality_code": "108039",
                "municipality_name": "Seregno",
                "level": level,
                "level_name": names[level],
                "meeting_date": day,
                "days_since": (AS_OF - day).days,
                "participants": 8,
                "cases_examined": 5,
                "decisions": 4,
                "decisions_done": done,
                "decisions_open": 4 - done,
                "minutes_approved_date": day + timedelta(days=10),
            }


def _governance() -> Rows:
    for code, level in product(COVERED, ("governance", "tecnico", TOTAL)):
        yield {
            "period_type": "semester",
            "period": code,
            "level": level,
            "meetings": 6,
            "months_without_meeting": 1,
            "cases_examined": 30,
            "decisions": 24,
            "decisions_done": 18,
            "decisions_done_rate": 0.75,
            "supervision_hours": 24.5 if level == TOTAL else None,
            "training_hours": 8 if level == TOTAL else None,
        }
    for year in ("2021", "2022"):
        yield {
            "period_type": "year",
            "period": year,
            "level": TOTAL,
            "supervision_hours": 49,
            "supervision_contract_hours": 50,
        }


def _progress(release: FakeRelease) -> Rows:
    shared = ("servizi_associati", "servizi_amministrativi")
    for code, town in product(COVERED, release.towns):
        if town != "AMBITO" and not municipalities()[town].is_associated:
            continue
        period = parse_period(code)
        until = min(period.end, AS_OF)
        elapsed = ((until - date(until.year, 1, 1)).days + 1) / 365
        for area in ("equipe_territoriale", *(shared if town == "AMBITO" else ()), TOTAL):
            allotted = {"servizi_associati": 209_100, "servizi_amministrativi": 40_000}.get(area, 430_900)
            rate = round(elapsed - 0.02, 4)
            yield {
                "period_type": "semester",
                "period": code,
                "municipality_code": town,
                "area": area,
                "year": str(period.start.year),
                "until_date": until,
                "is_complete": period.end <= AS_OF,
                "allotted": allotted,
                "committed": allotted * rate,
                "spent": allotted * rate,
                "execution_rate": rate,
                "share_elapsed": elapsed,
                "execution_gap": rate - elapsed,
            }


def _hours() -> Iterator[dict[str, Any]]:
    for code, (service, hours) in product(COVERED, (("direzione", 860.0), ("amministrativi", 940.0))):
        yield {
            "period_type": "semester",
            "period": code,
            "service_code": service,
            "hours": hours,
            "contract_hours": hours - 20,
            "difference": 20.0,
            "coverage_rate": hours / (hours - 20),
            "hours_per_week": hours / 26,
        }
