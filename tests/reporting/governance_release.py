"""What the governance pack reads beside the other reports, in the invented release: findings, deadlines, meetings, money.

`uneven_rules` makes of the invented rules some that are kept unevenly, with as many findings as they count.
"""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from osservatorio.periods import parse_period
from osservatorio.reference import municipalities, read_seed

if TYPE_CHECKING:
    from report_figures import Rows
    from report_release import FakeRelease

TOTAL = "TUTTE"
KINDS = read_seed("deadline_kinds")
RULES = {row["rule_id"]: row for row in read_seed("rules")}
PSEUDONYM = "ab" * 32
COUNTED = ("compliant", "not_compliant", "not_assessable")
WITH_FINDINGS = "2022-S1"
COVERED = ("2021-S1", "2021-S2", WITH_FINDINGS, "2022-S2")


def governance_marts(release: "FakeRelease") -> dict[str, list[dict[str, Any]]]:
    """The marts of the pack alone, each consistent with the others: counts are those of the lists."""
    deadlines = list(_deadlines(release.as_of))
    return {
        "mart_rule_findings": list(_findings(release.marts["mart_rule_compliance"])),
        "mart_deadlines": deadlines,
        "mart_deadline_counts": list(_counts(release, deadlines)),
        "mart_meetings": list(_meetings(release.as_of)),
        "mart_budget_progress": list(_progress(release)),
    }


def uneven_rules(release: "FakeRelease") -> "FakeRelease":
    """The release with rules that are kept unevenly, and a total that is the sum of its parts."""
    release.marts["mart_rule_compliance"] = list(_compliance(release))
    release.marts["mart_rule_findings"] = list(_findings(release.marts["mart_rule_compliance"]))
    return release


def _compliance(release: "FakeRelease") -> "Rows":
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
                "is_complete": period.end <= release.as_of,
                "checked": told + counts["not_assessable"],
                **counts,
                "not_applicable": 0,
                "compliance_rate": counts["compliant"] / told if told else None,
                "is_not_recorded": False,
            }


def _findings(compliance: list[dict[str, Any]]) -> "Rows":
    """As many as the counts of a semester say, in its days."""
    for row in compliance:
        is_total = row["rule_id"] == TOTAL or row["municipality_code"] == "AMBITO"
        if is_total or row["period"] != WITH_FINDINGS:
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


def _deadlines(as_of: date) -> "Rows":
    """Of each kind one past due and one ahead in every associated municipality; of 18 only ahead."""
    towns = [town for town in municipalities().values() if town.is_associated]
    for place, (kind, town) in enumerate(product(KINDS, towns)):
        for day in (as_of - timedelta(days=40 + place), as_of + timedelta(days=1 + place)):
            is_birthday = kind["deadline_kind"] in ("diciotto_anni", "progetto_verifica")
            if is_birthday and day < as_of:
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
                "days_left": (day - as_of).days,
                "is_overdue": day < as_of,
                "what_to_do": kind["what_to_do"],
            }


def _counts(release: "FakeRelease", deadlines: list[dict[str, Any]]) -> "Rows":
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


def _meetings(as_of: date) -> "Rows":
    """Every second month of 2021 and 2022 a meeting of governance, every month a technical one; after the period too."""
    names = {"governance": "Governance (primo livello)", "tecnico": "Tecnico (secondo livello)"}
    for year, month in product((2021, 2022), range(1, 13)):
        day = date(year, month, 10)
        for level in ("governance", "tecnico") if month % 2 else ("tecnico",):
            if day > as_of:
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
                "days_since": (as_of - day).days,
                "participants": 8,
                "cases_examined": 5,
                "decisions": 4,
                "decisions_done": done,
                "decisions_open": 4 - done,
                "minutes_approved_date": day + timedelta(days=10),
            }


def _progress(release: "FakeRelease") -> "Rows":
    shared = ("servizi_associati", "servizi_amministrativi")
    for code, town in product(COVERED, release.towns):
        if town != "AMBITO" and not municipalities()[town].is_associated:
            continue
        period = parse_period(code)
        until = min(period.end, release.as_of)
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
                "is_complete": period.end <= release.as_of,
                "allotted": allotted,
                "committed": allotted * rate,
                "spent": allotted * rate,
                "execution_rate": rate,
                "share_elapsed": elapsed,
                "execution_gap": rate - elapsed,
            }
