"""What can be chosen, what is chosen, and how the address of the page says it. The widgets are in `filters`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from dashboards import queries
from dashboards.text import sentence
from osservatorio.errors import UserError
from osservatorio.periods import MONTH, SEMESTER, YEAR, Period, parse_period
from osservatorio.release import Release

ALL_TYPES = (MONTH, SEMESTER, YEAR)

_EXIST_BY = {
    (YEAR,): "Queste cifre sono annuali",
    (SEMESTER, YEAR): "Queste cifre si calcolano per semestre e per anno",
}

# Names of the choices in the address: ?periodo=2022-S1&comune=seveso&servizio=spazio_neutro
PERIOD, MUNICIPALITY, SERVICE = "periodo", "comune", "servizio"


@dataclass(frozen=True)
class Choices:
    """What a release offers: periods (the latest first), municipalities and services, by address name."""

    periods: dict[str, Period]
    ended: frozenset[str]
    municipalities: dict[str, str]
    services: dict[str, str]
    names: dict[str, str]
    short_names: dict[str, str]
    case_services: frozenset[str]

    @classmethod
    def of(cls, release: Release) -> "Choices":
        """What a release offers; read once."""
        return _offered(release)

    @classmethod
    def read(cls, release: Release) -> "Choices":
        periods = queries.periods(release)
        towns = queries.municipalities(release)
        services = queries.services(release)
        names = zip(
            [*towns.municipality_code, *services.service_code], [*towns.name, *services.name], strict=True
        )
        return cls(
            periods={code: parse_period(code) for code in periods.period},
            ended=frozenset(periods.period[periods.is_complete]),
            municipalities=dict(zip(towns.slug, towns.municipality_code, strict=True)),
            services={code.lower(): code for code in services.service_code},
            names=dict(names),
            short_names=dict(zip(services.service_code, services.short_name, strict=True)),
            case_services=frozenset(services.service_code[services.has_cases]),
        )

    def of_type(self, period_type: str) -> list[str]:
        """Codes of the periods of a type, the latest first."""
        return [code for code, period in self.periods.items() if period.type == period_type]

    def default_period(self) -> str:
        """The latest semester that has ended, or failing that the latest period of any type."""
        semesters = self.of_type(SEMESTER)
        return next((code for code in semesters if code in self.ended), (semesters or list(self.periods))[0])

    def valid(self, given: Mapping[str, str]) -> dict[str, str]:
        """The choices given that this release can show."""
        offered = {PERIOD: self.periods, MUNICIPALITY: self.municipalities, SERVICE: self.services}
        return {name: given[name] for name, offer in offered.items() if given.get(name) in offer}

    def default(self) -> dict[str, str]:
        return {
            PERIOD: self.default_period(),
            MUNICIPALITY: next(iter(self.municipalities)),
            SERVICE: next(iter(self.services)),
        }

    def same_time(self, code: str, period_type: str) -> str:
        """The period of another type at the same time: the one that holds it, or its last part."""
        now = self.periods[code]
        near = [other for other in self.of_type(period_type) if _overlap(self.periods[other], now)]
        return near[0] if near else self.of_type(period_type)[0]


@st.cache_resource(show_spinner=False, max_entries=20, hash_funcs=queries.BY_RELEASE)
def _offered(release: Release) -> Choices:
    return Choices.read(release)


@dataclass(frozen=True)
class Selection:
    """A period, a municipality (or the whole Ambito) and a service (or all), with what a reader must know of it."""

    period: Period
    is_complete: bool
    municipality: str
    municipality_name: str
    service: str
    service_name: str
    notes: tuple[str, ...] = ()

    @property
    def is_whole_ambito(self) -> bool:
        return self.municipality == queries.ALL_MUNICIPALITIES

    @property
    def period_grain(self) -> dict[str, str]:
        """Filters of a mart with a period."""
        return {"period_type": self.period.type, "period": self.period.code}

    @property
    def place_grain(self) -> dict[str, str]:
        """Filters of a mart with a municipality and a service."""
        return {"municipality_code": self.municipality, "service_code": self.service}

    @property
    def year_before_grain(self) -> dict[str, str]:
        """Filters of the same period of the year before, same place."""
        return {"period_type": self.period.type, "period": self.period.year_before.code, **self.place_grain}

    @property
    def grain(self) -> dict[str, str]:
        return {**self.period_grain, **self.place_grain}

    @property
    def town_grain(self) -> dict[str, str]:
        """Filters of a mart with a period and a municipality, but no service."""
        return {**self.period_grain, "municipality_code": self.municipality}

    @property
    def town_year_before_grain(self) -> dict[str, str]:
        """The same for the year before."""
        return {**self.town_grain, "period": self.period.year_before.code}

    @property
    def year(self) -> int:
        """The year that holds the period, for marts by year."""
        return self.period.start.year

    @property
    def period_label(self) -> str:
        return sentence(self.period.label)

    @property
    def described(self) -> dict[str, str]:
        """The filters as a reader sees them: name -> value."""
        ended = "" if self.is_complete else " (in corso: cifre parziali)"
        return {
            PERIOD: self.period_label + ended,
            MUNICIPALITY: self.municipality_name,
            SERVICE: self.service_name,
        }


def resolve(
    choices: Choices,
    chosen: Mapping[str, str],
    types: tuple[str, ...] = ALL_TYPES,
    only_case_services: bool = False,
) -> Selection:
    """The choice that a page can show.

    A page may have figures for some period types only, or for the services with cases only: it then shows the
    nearest choice, and `notes` says so. Raises UserError when the release has no period of those types.
    """
    notes = []
    code = chosen[PERIOD]
    if choices.periods[code].type not in types:
        asked = choices.periods[code]
        code = _nearest(choices, code, types)
        notes.append(f"{_EXIST_BY[types]}: per {asked.label} si mostra {choices.periods[code].label}.")
    service = choices.services[chosen[SERVICE]]
    if only_case_services and service not in choices.case_services:
        notes.append(
            f"Il servizio «{choices.names[service]}» non prende in carico minori: si mostrano tutti i servizi."
        )
        service = queries.ALL_SERVICES
    municipality = choices.municipalities[chosen[MUNICIPALITY]]
    return Selection(
        period=choices.periods[code],
        is_complete=code in choices.ended,
        municipality=municipality,
        municipality_name=choices.names[municipality],
        service=service,
        service_name=choices.names[service],
        notes=tuple(notes),
    )


def with_types(choices: Choices, selection: Selection, types: tuple[str, ...]) -> Selection:
    """The same choice at the nearest period of the types given."""
    if selection.period.type in types:
        return selection
    code = _nearest(choices, selection.period.code, types)
    return replace(selection, period=choices.periods[code], is_complete=code in choices.ended)


def _nearest(choices: Choices, code: str, types: tuple[str, ...]) -> str:
    """The shortest period of the types given at the same time as `code`."""
    for period_type in ALL_TYPES:
        if period_type in types and choices.of_type(period_type):
            return choices.same_time(code, period_type)
    raise UserError("Questa pubblicazione non contiene periodi del tipo richiesto: scegline un'altra.")


def _overlap(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end
