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
OUTCOMES = ("delivered", "cancelled_by_user", "cancelled_by_service", "no_show", "interrupted")
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

    def is_in(self, year: int) -> bool:
        return self.opened < year + 1 and self.closed >= year


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

    def minors(self, town: str, year: int, service: str = TUTTI) -> set[int]:
        return {spell.minor for spell in self.of(town, service) if spell.is_in(year)}


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
        self._replace("mart_complaints", "period", self._complaints())
        self._replace("mart_rule_compliance", "period", self._compliance())
        self.marts["mart_budget"] = list(self._budget())
        self.marts["mart_satisfaction"] = list(self._satisfaction())
        self._sharing()

    def _replace(self, mart: str, column: str, rows: Iterable[Row]) -> None:
        """The rows of the years anew; those of other periods stay as they were."""
        years = {str(year) for year in YEARS}
        kept = [row for row in self.marts[mart] if str(row[column]) not in years]
        self.marts[mart] = [*kept, *rows]

    def _year_rows(self, mart: str) -> dict[tuple[Any, ...], Row]:
        keys = ("period", "municipality_code", "service_code")
        return {tuple(row[k] for k in keys): row for row in self.marts[mart] if len(row["period"]) == 4}

    def _caseload(self) -> Iterable[Row]:
        for key, row in self._year_rows("mart_caseload_by_municipality").items():
            year, town, service = int(key[0]), key[1], key[2]
            spells = self.people.of(town, service)
            at_end = [spell for spell in spells if spell.is_open_at(year + 1)]
            minors = len({spell.minor for spell in at_end})
            yield row | {
                "open_at_start": sum(spell.is_open_at(year) for spell in spells),
                "opened": sum(year <= spell.opened < year + 1 for spell in spells),
                "closed": sum(year <= spell.closed < year + 1 for spell in spells),
                "open_at_end": len(at_end),
                "minors_at_end": minors,
                "minors_in_period": len(self.people.minors(town, year, service)),
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
        acts: dict[tuple[int, str, str], dict[str, Any]] = {}
        for year, spell in product(YEARS, self.people.spells):
            if not spell.is_in(year):
                continue
            counts = {name: self.rng.choice((0, 1, 2)) for name in OUTCOMES[1:]} | {
                "delivered": self.rng.choice((0, 9, 14)),
                "minutes": 45 * self.rng.choice((3, 5)),
            }
            for town, service in product((spell.town, AMBITO), (spell.service, TUTTI)):
                cell = acts.setdefault((year, town, service), {"minors": set(), "sums": defaultdict(int)})
                for name, value in counts.items():
                    cell["sums"][name] += value
                if counts["delivered"]:
                    cell["minors"].add(spell.minor)
        for (year, town, service), cell in acts.items():
            sums = cell["sums"]
            planned = sum(sums[name] for name in OUTCOMES)
            yield {
                "period_type": "year",
                "period": str(year),
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
                if spell.is_in(year)
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

    def _compliance(self) -> Iterable[Row]:
        rules = read_seed("rules")
        names = ("checked", "compliant", "not_compliant", "not_assessable")
        for year in YEARS:
            cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
            for rule, town in product(rules, self.people.towns):
                if rule["period_kind"] != "record":
                    continue
                checked = len(self.people.minors(town, year)) // self.rng.choice((1, 2, 6))
                broken = min(checked, self.rng.choice((0, 0, 1, 2, 9)))
                unknown = min(checked - broken, self.rng.choice((0, 0, 3)))
                counts = (checked, checked - broken - unknown, broken, unknown)
                for place, code in product((town, AMBITO), (rule["rule_id"], TUTTE)):
                    cells[place, code] = [a + b for a, b in zip(cells[place, code], counts, strict=True)]
            for rule in rules:
                if rule["period_kind"] != "record":
                    for code in (rule["rule_id"], TUTTE):
                        cells[AMBITO, code] = [
                            a + b for a, b in zip(cells[AMBITO, code], (2, 1, 1, 0), strict=True)
                        ]
            seeds = {rule["rule_id"]: rule for rule in rules}
            for (town, code), counts in cells.items():
                told = counts[1] + counts[2]
                yield {
                    "period_type": "year",
                    "period": str(year),
                    "municipality_code": town,
                    "rule_id": code,
                    "rule_title": seeds[code]["title"] if code in seeds else "Tutte le regole",
                    "article": seeds[code]["article"] if code in seeds else None,
                    "severity": seeds[code]["severity"] if code in seeds else None,
                    "rule_order": int(seeds[code]["sort_order"]) if code in seeds else 0,
                    **dict(zip(names, counts, strict=True)),
                    "compliance_rate": counts[1] / told if told else None,
                    "is_not_recorded": False,
                }

    def _complaints(self) -> Iterable[Row]:
        for row in [row for row in self.marts["mart_complaints"] if len(row["period"]) == 4]:
            if (row["municipality_code"], row["service_code"]) == (AMBITO, TUTTI):
                row = row | {"received": 14, "answered": 13, "term_assessable": 13, "answered_within_term": 9}
                row |= {
                    "upheld": 3,
                    "open_at_end": 1,
                    "answered_within_term_rate": 9 / 13,
                    "upheld_rate": 3 / 13,
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
