"""An invented release whose figures hang together: every count is a count of invented minors, families and acts.

The other invented release (`report_release`) has figures of any size, which is enough for layouts; what is protected must
add up, so here a small population is drawn and counted.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from report_release import FakeRelease

from osservatorio.home import Home
from osservatorio.keys import new_key
from osservatorio.reference import code_list, municipalities, read_seed, services

AMBITO, TUTTI, TUTTE, TEAMS = "AMBITO", "TUTTI", "TUTTE", "equipe_territoriale"
YEARS = (2021, 2022)
SEMESTERS = ("2020-S2", "2021-S1", "2021-S2", "2022-S1", "2022-S2")
PERIODS = (*SEMESTERS, *map(str, YEARS))
OUTCOMES = ("delivered", "cancelled_by_user", "cancelled_by_service", "no_show", "interrupted")
CHECKS = ("checked", "compliant", "not_compliant", "not_assessable")
COMPLAINTS_RULE = "C-REC"
Row = dict[str, Any]


@dataclass(frozen=True)
class Spell:
    """A case: whose, where, which service, from when to when (years and parts of a year)."""

    minor: int
    town: str
    service: str
    opened: float
    closed: float

    def is_open_at(self, moment: float) -> bool:
        return self.opened < moment <= self.closed

    def is_in(self, start: float, end: float) -> bool:
        return self.opened < end and self.closed >= start


class Population:
    """Minors with their age band, cases, acts, and what their parents pay."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.services = [code for code, service in services().items() if service.has_cases]
        self.areas = {row["service_code"]: row["area"] for row in read_seed("services")}
        self.towns = list(municipalities())
        weights = [6.0 if town.is_associated else 0.5 for town in municipalities().values()]
        self.ages = {minor: self.random.choice(list(code_list("age_band"))) for minor in range(size)}
        self.spells: list[Spell] = []
        for minor in range(size):
            (town,) = self.random.choices(self.towns, weights)
            for _ in range(self.random.choice((1, 1, 1, 2))):
                (service,) = self.random.choices(self.services, [12, 2, 1, 2, 1, 4, 2])
                opened = self.random.uniform(2019, 2023)
                length = self.random.uniform(0.2, 2.5)
                elsewhere = self.random.random() < 0.03
                place = self.random.choice(self.towns) if elsewhere else town
                self.spells.append(Spell(minor, place, service, opened, opened + length))

    def of(self, town: str, service: str = TUTTI) -> list[Spell]:
        """The cases of a municipality and service, totals and areas included."""
        return [
            spell
            for spell in self.spells
            if town in (AMBITO, spell.town) and service in (TUTTI, spell.service, self.areas[spell.service])
        ]

    def minors(self, town: str, period: int | str, service: str = TUTTI) -> set[int]:
        return {spell.minor for spell in self.of(town, service) if spell.is_in(*days_of(str(period)))}


def days_of(period: str) -> tuple[float, float]:
    """When a year or a semester starts and ends, in years."""
    year, _, half = period.partition("-S")
    start = int(year) + (0.5 if half == "2" else 0.0)
    return start, start + (0.5 if half else 1.0)


def type_of(period: str) -> str:
    return "semester" if "-S" in period else "year"


def with_year(semester: str) -> tuple[str, ...]:
    """A semester, and the year that its figures are part of where the release covers it."""
    return (semester, semester[:4]) if int(semester[:4]) in YEARS else (semester,)


class AssemblyRelease(FakeRelease):
    """The invented release with the marts of the Assembly's pack counted from a population."""

    def __init__(self, home: Home, seed: int = 3, size: int = 1000) -> None:
        super().__init__(home, date(2022, 12, 31))
        self.people = Population(seed, size)
        self.rng = random.Random(seed)
        self._replace("mart_caseload_by_municipality", "period", self._caseload())
        self._replace("mart_caseload_profile", "period", self._ages())
        self._replace("mart_service_usage", "period", self._usage())
        self._replace("mart_foster_care", "period", self._placements("mart_foster_care", "affidi"))
        self._replace(
            "mart_residential_care", "period", self._placements("mart_residential_care", "strutture")
        )
        self._replace("mart_rule_compliance", "period", self._compliance())
        self._replace("mart_complaints", "period", self._complaints())
        self.marts["mart_budget"] = list(self._budget())
        self.marts["mart_budget_progress"] = list(self._progress())
        self.marts["mart_satisfaction"] = list(self._satisfaction())
        self._sharing()

    def _replace(self, mart: str, column: str, rows: Iterable[Row]) -> None:
        """The rows of these periods anew; those of other periods stay as they were."""
        rows = list(rows)
        made = {row[column] for row in rows}
        kept = [row for row in self.marts[mart] if row[column] not in made]
        self.marts[mart] = [*kept, *rows]

    def _caseload(self) -> Iterable[Row]:
        for row in self.marts["mart_caseload_by_municipality"]:
            period, town, service = (row[k] for k in ("period", "municipality_code", "service_code"))
            if period not in PERIODS:
                continue
            start, end = days_of(period)
            spells = self.people.of(town, service)
            at_end = [spell for spell in spells if spell.is_open_at(end)]
            minors = len({spell.minor for spell in at_end})
            yield row | {
                "open_at_start": sum(spell.is_open_at(start) for spell in spells),
                "opened": sum(start <= spell.opened < end for spell in spells),
                "closed": sum(start <= spell.closed < end for spell in spells),
                "open_at_end": len(at_end),
                "minors_at_end": minors,
                "minors_in_period": len(self.people.minors(town, period, service)),
                "minors_per_1000": 1000 * minors / row["resident_minors"],
            }

    def _ages(self) -> Iterable[Row]:
        for year, town in product(YEARS, self.towns):
            minors = self.people.minors(town, year)
            for band in code_list("age_band"):
                count = sum(self.people.ages[minor] == band for minor in minors)
                if count:
                    yield {
                        "period_type": "year",
                        "period": str(year),
                        "municipality_code": town,
                        "service_code": TUTTI,
                        "dimension": "age_band",
                        "category": band,
                        "minors_at_end": count,
                        "minors_in_period": count,
                    }

    def _usage(self) -> Iterable[Row]:
        acts: dict[tuple[str, str, str], dict[str, Any]] = {}
        for semester, spell in product(SEMESTERS, self.people.spells):
            if not spell.is_in(*days_of(semester)):
                continue
            counts = {name: self.rng.choice((0, 1, 2)) for name in OUTCOMES[1:]} | {
                "delivered": self.rng.choice((0, 9, 14)),
                "minutes": 45 * self.rng.choice((3, 5)),
            }
            for period, town, service in product(
                with_year(semester), (spell.town, AMBITO), (spell.service, TUTTI)
            ):
                cell = acts.setdefault((period, town, service), {"minors": set(), "sums": defaultdict(int)})
                for name, value in counts.items():
                    cell["sums"][name] += value
                if counts["delivered"]:
                    cell["minors"].add(spell.minor)
        for (period, town, service), cell in acts.items():
            sums = cell["sums"]
            planned = sum(sums[name] for name in OUTCOMES)
            yield {
                "period_type": type_of(period),
                "period": period,
                "municipality_code": town,
                "service_code": service,
                "intervention_type": TUTTI,
                "interventions": planned,
                **{name: sums[name] for name in OUTCOMES},
                "hours_delivered": sums["minutes"] / 60,
                "minors_reached": len(cell["minors"]),
                "delivery_rate": sums["delivered"] / planned if planned else None,
                "median_minutes": 60.0,
            }

    def _placements(self, mart: str, service: str) -> Iterable[Row]:
        for row in [row for row in self.marts[mart] if len(row["period"]) == 4]:
            minors = self.people.minors(row["municipality_code"], int(row["period"]), service)
            yield row | {"minors_in_period": len(minors)}

    def _budget(self) -> Iterable[Row]:
        partners = [code for code, town in municipalities().items() if town.is_associated]
        residents = dict.fromkeys(self.people.towns, 2700) | {AMBITO: 27000}
        for year in YEARS:
            spent = {town: round(self.rng.uniform(20_000, 60_000), 2) for town in partners}
            fees = {
                town: 1234.56 * len(self.people.minors(town, year, "strutture")) for town in self.people.towns
            }
            sums = {
                TEAMS: sum(spent.values()),
                "servizi_associati": 195_000.25,
                "servizi_amministrativi": 39_000.75,
            }
            cells = [
                *((town, TEAMS, 50_000.0, spent[town]) for town in partners),
                *(
                    (town, TUTTE, 50_000.0 * (town in partners), spent.get(town, 0.0))
                    for town in self.people.towns
                ),
                (AMBITO, TEAMS, 50_000.0 * len(partners), sums[TEAMS]),
                (AMBITO, "servizi_associati", 209_100.0, sums["servizi_associati"]),
                (AMBITO, "servizi_amministrativi", 40_000.0, sums["servizi_amministrativi"]),
                (AMBITO, TUTTE, 50_000.0 * len(partners) + 249_100, sum(sums.values())),
            ]
            for town, area, allotted, paid in cells:
                minors = len(self.people.minors(town, year, TUTTI if area == TUTTE else area))
                whole = len(self.people.minors(AMBITO, year, TUTTI if area == TUTTE else area))
                every = next(cell[2] for cell in cells if cell[:2] == (AMBITO, area))
                yield {
                    "year": year,
                    "municipality_code": town,
                    "area": area,
                    "allotted": round(allotted, 2),
                    "committed": round(paid, 2),
                    "spent": round(paid, 2),
                    "residual": round(allotted - paid, 2),
                    "execution_rate": paid / allotted if allotted else None,
                    "fees_spent": round(sum(fees.values()) if town == AMBITO else fees[town], 2)
                    if area == TUTTE
                    else None,
                    "minors_in_year": minors,
                    "spent_per_minor": paid / minors if minors else None,
                    "resident_minors": residents[town],
                    "share_of_budget": allotted / every if every else None,
                    "share_of_caseload": minors / whole if whole else None,
                    "share_of_resident_minors": residents[town] / residents[AMBITO],
                }

    def _sharing(self) -> None:
        """What families pay: one parent a minor in care, each with an ISEE band and one or two services to pay for."""
        rows, by_band, scenarios = [], [], []
        benefits, bands = list(code_list("prestazione")), list(code_list("isee_band"))
        for year in YEARS:
            quotas = [
                (minor, spell.town, benefit, self.rng.choice(bands), float(self.rng.choice((0, 120, 300))))
                for spell in self.people.spells
                if spell.is_in(year, year + 1)
                for minor, benefit in {(spell.minor, self.rng.choice(benefits))}
            ]
            band_of = {minor: band for minor, _, _, band, _ in quotas}

            def summed(chosen: list[tuple[int, str, str, str, float]]) -> Row:
                due = sum(quota[-1] for quota in chosen)
                return {
                    "obliged_persons": len({quota[0] for quota in chosen}),
                    "payers": len({quota[0] for quota in chosen if quota[-1]}),
                    "due_by_formula": due,
                    "charged": due,
                    "paid": round(due * 0.9, 2),
                }

            def of(town: str, benefit: str, quotas: Any = quotas) -> list[Any]:
                return [q for q in quotas if town in (AMBITO, q[1]) and benefit in (TUTTE, q[2])]

            for town, benefit in product(self.towns, [*benefits, TUTTE]):
                figures = summed(of(town, benefit))
                rate = {
                    "collection_rate": figures["paid"] / figures["charged"] if figures["charged"] else None
                }
                rows.append(
                    {"year": year, "municipality_code": town, "prestazione": benefit, **figures, **rate}
                )
            for band in bands:
                chosen = [quota for quota in quotas if band_of[quota[0]] == band]
                by_band.append(
                    {
                        "year": year,
                        "municipality_code": AMBITO,
                        "prestazione": TUTTE,
                        "isee_band": band,
                        **summed(chosen),
                    }
                )
            for town, scenario in product(self.towns, read_seed("isee_scenarios")):
                change = (
                    1
                    - float(scenario["isee_finale_change"]) / 2
                    - float(scenario["isee_iniziale_change"]) / 2
                )
                chosen = of(town, TUTTE)
                due = sum(quota[-1] for quota in chosen)
                payers = len({quota[0] for quota in chosen if quota[-1]})
                then = sum(round(quota[-1] * change, 2) for quota in chosen)
                scenarios.append(
                    {
                        "year": year,
                        "municipality_code": town,
                        "prestazione": TUTTE,
                        "scenario_code": scenario["scenario_code"],
                        "due_by_formula": due,
                        "due_by_scenario": round(then, 2),
                        "difference": round(then - due, 2),
                        "difference_rate": (then - due) / due if due else None,
                        "affected_minors": payers if change != 1 else 0,
                        "pays_more": payers if change > 1 else 0,
                        "pays_less": payers if change < 1 else 0,
                        "exempt_persons": len({quota[0] for quota in chosen}) - payers,
                    }
                )
        self.marts |= {
            "mart_cost_sharing": rows,
            "mart_cost_sharing_by_isee": by_band,
            "mart_isee_simulation": scenarios,
        }

    def _progress(self) -> Iterable[Row]:
        """About half of what was spent in the year by the end of its first semester, all by the end of the second."""
        for row, (half, share) in product(self.marts["mart_budget"], ((1, 0.48), (2, 1.0))):
            is_part = row["area"] in (TEAMS, TUTTE) and row["municipality_code"] != AMBITO
            if is_part and row["area"] == TUTTE:
                continue
            until = date(row["year"], 6, 30) if half == 1 else date(row["year"], 12, 31)
            elapsed = 181 / 365 if half == 1 else 1.0
            amounts = {name: self._so_far(row, name, share) for name in ("committed", "spent")}
            rate = amounts["spent"] / row["allotted"] if row["allotted"] else None
            yield {
                "period_type": "semester",
                "period": f"{row['year']}-S{half}",
                "municipality_code": row["municipality_code"],
                "area": row["area"],
                "year": str(row["year"]),
                "until_date": until,
                "is_complete": True,
                "allotted": row["allotted"],
                **amounts,
                "execution_rate": rate,
                "share_elapsed": elapsed,
                "execution_gap": rate - elapsed if rate is not None else None,
            }

    def _so_far(self, row: Row, name: str, share: float) -> float:
        """A share of an amount of the year; of the whole Ambito the shares of its areas together."""
        if (row["municipality_code"], row["area"]) != (AMBITO, TUTTE):
            return round(row[name] * share, 2)
        parts = [
            one
            for one in self.marts["mart_budget"]
            if (one["year"], one["municipality_code"]) == (row["year"], AMBITO) and one["area"] != TUTTE
        ]
        return round(sum(round(one[name] * share, 2) for one in parts), 2)

    def _compliance(self) -> Iterable[Row]:
        """Checks drawn by semester; those of a year are those of its semesters."""
        rules = read_seed("rules")
        cells: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for semester, rule, town in product(SEMESTERS, rules, [*self.people.towns, AMBITO]):
            of_record = rule["period_kind"] == "record"
            if (town == AMBITO) == of_record:
                continue
            counts = (
                self._checks(semester, rule["rule_id"], town)
                if of_record
                else (1, int(semester[-1]) - 1, 2 - int(semester[-1]), 0)
            )
            for period, place, code in product(with_year(semester), {town, AMBITO}, (rule["rule_id"], TUTTE)):
                cells[period, place, code] = [
                    a + b for a, b in zip(cells[period, place, code], counts, strict=True)
                ]
        seeds = {rule["rule_id"]: rule for rule in rules}
        for (period, town, code), counts in cells.items():
            told = counts[1] + counts[2]
            yield {
                "period_type": type_of(period),
                "period": period,
                "municipality_code": town,
                "rule_id": code,
                "rule_title": seeds[code]["title"] if code in seeds else "Tutte le regole",
                "article": seeds[code]["article"] if code in seeds else None,
                "severity": seeds[code]["severity"] if code in seeds else None,
                "rule_order": int(seeds[code]["sort_order"]) if code in seeds else 0,
                **dict(zip(CHECKS, counts, strict=True)),
                "compliance_rate": counts[1] / told if told else None,
                "is_not_recorded": False,
            }

    def _checks(self, semester: str, rule: str, town: str) -> tuple[int, int, int, int]:
        """How many records of a municipality were checked, found right, found wrong, and could not be told."""
        if rule == COMPLAINTS_RULE:
            checked = self.rng.choice((0, 1, 1))
        else:
            checked = len(self.people.minors(town, semester)) // self.rng.choice((1, 2, 6))
        broken = min(checked, self.rng.choice((0, 0, 1, 2, 9)))
        unknown = min(checked - broken, self.rng.choice((0, 0, 3)))
        return checked, checked - broken - unknown, broken, unknown

    def _complaints(self) -> Iterable[Row]:
        """Of the whole Ambito as many as the rule on complaints checked; of the others as they were invented."""
        checks = {
            row["period"]: row
            for row in self.marts["mart_rule_compliance"]
            if (row["municipality_code"], row["rule_id"]) == (AMBITO, COMPLAINTS_RULE)
        }
        for row in self.marts["mart_complaints"]:
            if row["period"] not in PERIODS:
                continue
            if (row["municipality_code"], row["service_code"]) == (AMBITO, TUTTI):
                checked, in_time, late, unknown = (checks[row["period"]][name] for name in CHECKS)
                answered = checked - unknown
                row = row | {
                    "received": checked,
                    "answered": answered,
                    "term_assessable": in_time + late,
                    "answered_within_term": in_time,
                    "answered_within_term_rate": in_time / answered if answered else None,
                    "upheld": answered // 3,
                    "upheld_rate": (answered // 3) / answered if answered else None,
                    "open_at_end": unknown,
                }
            yield row

    def _satisfaction(self) -> Iterable[Row]:
        phases = list(code_list("fase_soddisfazione"))
        partners = [code for code, town in municipalities().items() if town.is_associated]
        for year in YEARS:
            cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
            for town in partners:
                returned = self.rng.choice((3, 8, 25, 40))
                for place in (town, AMBITO):
                    for phase in (*phases, TUTTE):
                        cells[place, phase][0] += 2 * returned
                        cells[place, phase][1] += returned
                for phase in phases:
                    satisfied = self.rng.randint(returned, 2 * returned)
                    for place, of in product((town, AMBITO), (phase, TUTTE)):
                        cells[place, of][2] += 2 * returned
                        cells[place, of][3] += satisfied
            for (town, phase), (distributed, returned, answers, satisfied) in cells.items():
                yield {
                    "rilevazione": f"RIL-{year}",
                    "municipality_code": town,
                    "service_code": TUTTI,
                    "phase": phase,
                    "wave_start": date(year, 5, 1),
                    "wave_end": date(year, 6, 15),
                    "period": f"{year}-S1",
                    "distributed": distributed,
                    "returned": returned,
                    "response_rate": returned / distributed,
                    "answers": answers,
                    "satisfied": satisfied,
                    "is_small": answers < 30,
                    "mean_score": 3.9,
                    "mean_low": 3.7,
                    "mean_high": 4.1,
                    "satisfied_rate": satisfied / answers,
                    "satisfied_low": max(0.0, satisfied / answers - 0.1),
                    "satisfied_high": min(1.0, satisfied / answers + 0.1),
                }


def assembly_home(root: Any, change: Callable[[AssemblyRelease], None] | None = None, **options: int) -> Home:
    """A home with a key and such a release, changed by a function before it is written."""
    home = Home(root)
    home.prepare()
    new_key(home, encrypted=False)
    release = AssemblyRelease(home, **options)
    if change:
        change(release)
    return release.write()
