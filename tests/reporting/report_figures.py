"""The invented figures of a small release: the rows of its marts, the same every time."""

import random
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import product
from typing import Any

from governance_release import governance_marts
from report_marts import yearly_marts

from osservatorio.periods import parse_period
from osservatorio.reference import code_list, municipalities, read_seed, services

AS_OF = date(2022, 9, 30)
SEMESTERS = ("2020-S2", "2021-S1", "2021-S2", "2022-S1", "2022-S2")
YEARS = ("2021", "2022")
PERIODS = (*SEMESTERS, *YEARS)
MONTHS = tuple(f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13))[:21]
DELIVERIES = tuple(product(("interventi", "questionari"), municipalities().values()))
Rows = Iterable[dict[str, Any]]
Marts = dict[str, list[dict[str, Any]]]


class Figures:
    """What the marts of a release are invented from, and their rows."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.periods = PERIODS
        self.years = tuple(int(year) for year in YEARS)
        self.random = random.Random(7)
        self.columns = read_seed("mart_columns")
        self.towns = [*municipalities(), "AMBITO"]
        self.case_services = [code for code, service in services().items() if service.has_cases]

    def invent(self) -> Marts:
        """Every mart but the indicators, whose rows come from those of the others."""
        self.marts: Marts = {
            "mart_caseload_by_municipality": list(self.caseload()),
            "mart_caseload_profile": list(self.profile()),
            "mart_service_usage": list(self.usage()),
            "mart_complaints": list(self.complaints()),
            "mart_complaints_by_category": list(self.complaint_categories()),
            "mart_satisfaction": list(self.satisfaction()),
            "mart_controls": list(self.controls()),
            "mart_budget": list(self.budget()),
            "mart_expenditure": list(self.expenditure()),
            "mart_data_quality": list(self.quality()),
            "mart_reconciliation": list(self.reconciliation()),
            **yearly_marts(self),
        }
        self.marts |= governance_marts(self)
        return self.marts

    def weight(self, town: str, service: str) -> float:
        base = 10.0 if town == "AMBITO" else 1 + 2.5 * int(municipalities()[town].is_associated)
        return base * {"TUTTI": 4.0, "equipe_tutela": 3.0}.get(service, 0.6)

    def caseload(self) -> Rows:
        for code, town, service in product(PERIODS, self.towns, [*self.case_services, "TUTTI"]):
            period = parse_period(code)
            size = int(self.weight(town, service) * self.random.uniform(4, 6))
            opened, closed = size // 5, size // 6
            residents = 27000 if town == "AMBITO" else 2700
            yield {
                "period_type": parse_period(code).type,
                "period": code,
                "municipality_code": town,
                "service_code": service,
                "period_start": period.start,
                "period_end": period.end,
                "is_complete": period.end <= self.as_of,
                "open_at_start": size,
                "opened": opened,
                "closed": closed,
                "open_at_end": size + opened - closed,
                "minors_at_end": size + opened - closed - size // 20,
                "minors_in_period": size + opened,
                "resident_minors": residents,
                "resident_minors_year": 2022,
                "minors_per_1000": 1000 * (size + opened - closed) / residents,
                "fte_case_holders": size / 30,
                "cases_per_fte": None if size < 5 else 31.2,
            }

    def profile(self) -> Rows:
        lists = {
            "age_band": "age_band",
            "sex": "sesso",
            "citizenship": "cittadinanza",
            "unaccompanied": "si_no",
        }
        for code, town, dimension in product(PERIODS, self.towns, lists):
            service = "TUTTI"  # as much as a report reads
            for category in code_list(lists[dimension]):
                size = int(self.weight(town, service) * self.random.uniform(0.4, 1.4))
                yield {
                    "period_type": parse_period(code).type,
                    "period": code,
                    "municipality_code": town,
                    "service_code": service,
                    "dimension": dimension,
                    "category": category,
                    "minors_at_end": size,
                    "minors_in_period": size + 3,
                }

    def usage(self) -> Rows:
        types = [*code_list("tipo_intervento"), "TUTTI"]
        periods = [(parse_period(code).type, code) for code in (*SEMESTERS[1:], *YEARS, *MONTHS)]
        for (kind, code), town, service, act in product(
            periods, self.towns, [*self.case_services, "TUTTI"], types
        ):
            totals = [town == "AMBITO", service == "TUTTI", act == "TUTTI"]
            if sum(totals) < (3 if kind == "month" else 2):  # as much as a report reads
                continue
            size = int(
                self.weight(town, service) * (60 if act == "TUTTI" else 6) / (6 if kind == "month" else 1)
            )
            size = int(size * self.random.uniform(0.7, 1.2))
            lost = size // 25
            yield {
                "period_type": kind,
                "period": code,
                "municipality_code": town,
                "service_code": service,
                "intervention_type": act,
                "interventions": size + 3 * lost + 1,
                "delivered": size,
                "cancelled_by_user": lost,
                "cancelled_by_service": lost,
                "no_show": lost,
                "interrupted": 1,
                "hours_delivered": size * 1.1,
                "minors_reached": size // 5,
                "delivery_rate": size / (size + 3 * lost + 1),
                "median_minutes": 60.0,
            }

    def complaints(self) -> Rows:
        for code, town, service in product(PERIODS, self.towns, [*services(), "TUTTI"]):
            received = 12 if (town, service) == ("AMBITO", "TUTTI") else int(self.random.random() < 0.15)
            yield {
                "period_type": parse_period(code).type,
                "period": code,
                "municipality_code": town,
                "service_code": service,
                "received": received,
                "answered": received,
                "answered_within_term": max(received - 1, 0),
                "open_at_end": 0,
                "upheld": received // 2,
                "upheld_rate": (received // 2) / received if received else None,
                "median_days_to_answer": 18.5 if received else None,
                "complaints_per_100_minors": received * 0.1,
                "term_assessable": received,
                "answered_within_term_rate": max(received - 1, 0) / received if received else None,
            }

    def complaint_categories(self) -> Rows:
        categories, gravities = code_list("categoria_reclamo"), code_list("gravita")
        for code, town, service in product(PERIODS, ("108039", "AMBITO"), ("equipe_tutela", "TUTTI")):
            counts = {cell: int(self.random.random() < 0.5) for cell in product(categories, gravities)}
            for category, gravity in product([*categories, "TUTTE"], [*gravities, "TUTTE"]):
                yield {
                    "period_type": parse_period(code).type,
                    "period": code,
                    "municipality_code": town,
                    "service_code": service,
                    "category": category,
                    "gravity": gravity,
                    "received": sum(
                        count
                        for (one, other), count in counts.items()
                        if category in (one, "TUTTE") and gravity in (other, "TUTTE")
                    ),
                }

    def satisfaction(self) -> Rows:
        phases = [*code_list("fase_soddisfazione"), "TUTTE"]
        for year, town, service, phase in product(
            (2021, 2022), self.towns, [*self.case_services[:5], "TUTTI"], phases
        ):
            returned = max(2, int(self.weight(town, service)))
            rate = self.random.uniform(0.6, 0.9)
            yield {
                "rilevazione": f"RIL-{year}",
                "municipality_code": town,
                "service_code": service,
                "phase": phase,
                "wave_start": date(year, 5, 1),
                "wave_end": date(year, 6, 15),
                "period": f"{year}-S1",
                "distributed": returned * 2,
                "returned": returned,
                "response_rate": 0.5,
                "answers": returned * 3,
                "satisfied": int(returned * 3 * rate),
                "is_small": returned < 10,
                "mean_score": 3.9,
                "mean_low": 3.7,
                "mean_high": 4.1,
                "satisfied_rate": rate,
                "satisfied_low": rate - 0.08,
                "satisfied_high": rate + 0.07,
            }

    def controls(self) -> Rows:
        for code, town, service in product(PERIODS, self.towns, [*services(), "TUTTI"]):
            if town != "AMBITO" and service != "TUTTI":
                continue
            checked = 40 if (town, service) == ("AMBITO", "TUTTI") else self.random.choice([0, 4, 7])
            yield {
                "period_type": parse_period(code).type,
                "period": code,
                "municipality_code": town,
                "service_code": service,
                "controls": checked // 3,
                "services_checked": checked,
                "services_conforming": checked - checked // 8,
                "conformity_rate": (checked - checked // 8) / checked if checked else None,
                "with_findings": checked // 8,
                "closed_findings": checked // 10,
                "median_days_to_close": 21.0 if checked else None,
            }

    def budget(self) -> Rows:
        for year, (town, area) in product(
            (2021, 2022),
            [(town, "equipe_territoriale") for town in self.towns]
            + [("AMBITO", area) for area in ("servizi_associati", "servizi_amministrativi", "TUTTE")],
        ):
            allotted = {"TUTTE": 680000, "servizi_associati": 209100, "servizi_amministrativi": 40000}.get(
                area, 430900 if town == "AMBITO" else 50000 * int(municipalities()[town].is_associated)
            )
            spent = allotted * self.random.uniform(0.4, 0.6)
            yield {
                "year": year,
                "municipality_code": town,
                "area": area,
                "allotted": allotted,
                "committed": spent * 1.1,
                "spent": spent,
                "residual": allotted - spent,
                "execution_rate": spent / allotted if allotted else None,
                "fees_committed": 110000,
                "fees_spent": 98765.43,
                "minors_in_year": 900,
                "share_of_budget": allotted / 680000,
                "share_of_caseload": 0.5,
                "share_of_resident_minors": 0.4,
            }

    def expenditure(self) -> Rows:
        items = [*code_list("voce_spesa"), "TUTTE"]
        for code, town, service, item in product(PERIODS, self.towns, [*services(), "TUTTI"], items):
            spent = (
                self.weight(town, service) * self.random.uniform(800, 1600) * (3 if item == "TUTTE" else 1)
            )
            yield {
                "period_type": parse_period(code).type,
                "period": code,
                "municipality_code": town,
                "service_code": service,
                "voce": item,
                "committed": spent * 1.05,
                "spent": spent,
            }

    def quality(self) -> Rows:
        for number, (extract, town) in enumerate(DELIVERIES):
            row = {
                "delivery_id": f"d-{number:04d}",
                "extract": extract,
                "file_name": f"{extract}__{town.slug}__2022-06-30.csv",
                "last_extraction": date(2022, 6, 30),
                "codice_ente": town.code,
                "outcome": "landed",
                "rows_delivered": 100 + number,
                "rows_accepted": 99 + number,
                "rows_quarantined": 1,
                "quarantined_rate": 1 / (100 + number),
            }
            yield {**row, "rule": "TUTTE", "rows_waiting": 0}
            yield {
                **row,
                "rule": "esito_lista",
                "example_message": "Il valore non è nell'elenco dei codici: correggilo nel gestionale.",
                "example_locations": f"{row['file_name']}, righe 12",
            }

    def reconciliation(self) -> Rows:
        for number, (unit, value) in enumerate((("minori", 762), ("minori", 45), ("euro", 680000))):
            yield {
                "figure_id": f"f{number}",
                "municipality_code": "AMBITO",
                "sort_order": number,
                "what": f"Cifra pubblicata numero {number}",
                "unit": unit,
                "declared": value,
                "computed": value,
                "difference": 0,
                "source_document": "Percorso di coprogettazione",
            }


@cache
def figures(as_of: date) -> Marts:
    """The rows of every mart, invented once for all tests of a process: each release has copies of its own."""
    return Figures(as_of).invent()
