"""What families would pay under other tariffs: a year's real contributions, computed again over a release.

The formula is the warehouse's own (`contribution_quota` and `contribution_due`, functions of every release), and so
are the bands of ISEE. Art. 7 and arts. 14, 24, 36, 47 of the regulation: every Giunta sets the tariffs each year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from osservatorio.errors import UserError
from osservatorio.italian import euro
from osservatorio.reference import code_list, municipalities
from osservatorio.release import Release

ALL_MUNICIPALITIES = "AMBITO"
ALL = "TUTTE"
HIGHEST = Decimal(10_000_000)  # no amount in euro is near it
WITH_MINIMUM = ("affido", "struttura")  # arts. 36 and 47; the others start from zero (arts. 14 and 24)
TERMS = {
    "isee_iniziale": "l'ISEE iniziale",
    "isee_finale": "l'ISEE finale",
    "quota_minima": "la quota minima",
    "contribuzione_massima": "la contribuzione massima",
}


@dataclass(frozen=True)
class TariffChange:
    """New terms of a priced service, in euro, in one municipality or (AMBITO) in all; None: as it is today.

    The municipality is that of the case. Where both are given, the one of the municipality counts.
    """

    prestazione: str
    municipality_code: str = ALL_MUNICIPALITIES
    isee_iniziale: Decimal | None = None
    isee_finale: Decimal | None = None
    quota_minima: Decimal | None = None
    contribuzione_massima: Decimal | None = None


@dataclass(frozen=True)
class Scenario:
    """A year whose contributions are computed again, and what changes; without changes, today's tariffs."""

    year: int
    changes: tuple[TariffChange, ...] = ()


@dataclass(frozen=True)
class Tariff:
    """The terms of a service for the cases of a municipality that a body delivers; a body has its own tariffs."""

    codice_ente: str
    municipality_code: str
    prestazione: str
    isee_iniziale: Decimal
    isee_finale: Decimal
    quota_minima: Decimal
    contribuzione_massima: Decimal


@dataclass(frozen=True)
class Outcome:
    """One cell of the result: a municipality (or AMBITO), a service (or TUTTE), a band of ISEE (or TUTTE).

    Persons are parents or grandparents of one minor, counted once; euro of the year as charged by the bodies, by
    today's formula and by the scenario. `pays_more` and `pays_less` compare the scenario with today's formula,
    `pays_more_than_charged` and `pays_less_than_charged` with what bodies charged.
    """

    municipality_code: str
    prestazione: str
    isee_band: str
    contributions: int
    obliged_persons: int
    payers_charged: int
    payers_by_formula: int
    payers_by_scenario: int
    charged: Decimal
    due_by_formula: Decimal
    due_by_scenario: Decimal
    pays_more: int
    pays_less: int
    pays_more_than_charged: int
    pays_less_than_charged: int


@dataclass(frozen=True)
class Simulation:
    """The outcomes of a scenario by cell, with totals; the tariffs applied; contributions that have no tariff today,
    by municipality, which are therefore left out of every cell."""

    scenario: Scenario
    tariffs: tuple[Tariff, ...]
    outcomes: tuple[Outcome, ...]
    left_out: tuple[tuple[str, int], ...]

    @property
    def not_assessable(self) -> int:
        """How many contributions have no tariff today."""
        return sum(count for _, count in self.left_out)

    def outcome(
        self, municipality_code: str = ALL_MUNICIPALITIES, prestazione: str = ALL, isee_band: str = ALL
    ) -> Outcome | None:
        """One cell; None where nobody was charged anything that has a tariff."""
        wanted = (municipality_code, prestazione, isee_band)
        return next((o for o in self.outcomes if _cell(o) == wanted), None)

    def bands(
        self, municipality_code: str = ALL_MUNICIPALITIES, prestazione: str = ALL
    ) -> tuple[Outcome, ...]:
        """The distribution by band of ISEE, in the order of the list, without its total."""
        cells = (self.outcome(municipality_code, prestazione, band) for band in code_list("isee_band"))
        return tuple(cell for cell in cells if cell)

    def of_town(self, municipality_code: str) -> "Simulation":
        """The same as `simulate` gives for the cases of one municipality, without computing anything again.

        Who has cases elsewhere too is counted, in the cells of a municipality, by those of that municipality alone.
        Raises UserError where it has no contributions.
        """
        tariffs = tuple(one for one in self.tariffs if one.municipality_code == municipality_code)
        left_out = tuple(one for one in self.left_out if one[0] == municipality_code)
        if not tariffs and not left_out:
            raise _nothing(self.scenario.year)
        own = tuple(one for one in self.outcomes if one.municipality_code == municipality_code)
        total = tuple(replace(one, municipality_code=ALL_MUNICIPALITIES) for one in own)
        return Simulation(self.scenario, tariffs, (*own, *total), left_out)


_TODAY = """
    select codice_ente, municipality_code, prestazione, isee_iniziale, isee_finale, quota_minima,
        contribuzione_massima, is_assessable, count(*)
    from core.fct_contribution_due
    where year = $year and ($municipality is null or municipality_code = $municipality)
    group by all
    order by all"""

_LABELS = """
            case when grouping(municipality_code) = 1 then $all_municipalities else municipality_code end as town,
            case when grouping(prestazione) = 1 then $all else prestazione end as service,
            case when grouping(isee_band) = 1 then $all else isee_band end as band"""
_CUBE = "cube (municipality_code, prestazione, isee_band)"
_COUNTS = """
            sum(contributions) as contributions,
            count(*) as obliged_persons,
            count(*) filter (where charged > 0) as payers_charged,
            count(*) filter (where due_by_formula > 0) as payers_by_formula,
            count(*) filter (where due_by_scenario > 0) as payers_by_scenario,
            sum(charged) as charged,
            sum(due_by_formula) as due_by_formula,
            sum(due_by_scenario) as due_by_scenario,
            count(*) filter (where due_by_scenario > due_by_formula) as pays_more,
            count(*) filter (where due_by_scenario < due_by_formula) as pays_less,
            count(*) filter (where due_by_scenario > charged) as pays_more_than_charged,
            count(*) filter (where due_by_scenario < charged) as pays_less_than_charged"""
_SUMS = """
            sum(contributions)::bigint as contributions,
            sum(obliged_persons)::bigint as obliged_persons,
            sum(payers_charged)::bigint as payers_charged,
            sum(payers_by_formula)::bigint as payers_by_formula,
            sum(payers_by_scenario)::bigint as payers_by_scenario,
            sum(charged) as charged,
            sum(due_by_formula) as due_by_formula,
            sum(due_by_scenario) as due_by_scenario,
            sum(pays_more)::bigint as pays_more,
            sum(pays_less)::bigint as pays_less,
            sum(pays_more_than_charged)::bigint as pays_more_than_charged,
            sum(pays_less_than_charged)::bigint as pays_less_than_charged"""

# The formula is computed once per ISEE and order of child, and only under a tariff that the scenario moves: elsewhere what
# is due is what the release says. Who has one cell counts the same in each total of it, so only those with several are
# added up person by person.
_SIMULATE = f"""
    with tariffs as (
        select
            unnest($codice_ente::varchar[]) as codice_ente,
            unnest($municipality_code::varchar[]) as municipality_code,
            unnest($prestazione::varchar[]) as prestazione,
            unnest($isee_iniziale::decimal(18, 4)[]) as isee_iniziale,
            unnest($isee_finale::decimal(18, 4)[]) as isee_finale,
            unnest($quota_minima::decimal(18, 4)[]) as quota_minima,
            unnest($contribuzione_massima::decimal(18, 4)[]) as contribuzione_massima,
            unnest($is_moved::boolean[]) as is_moved
    ),
    contributions as (
        select * from core.fct_contribution_due
        where year = $year and is_assessable and ($municipality is null or municipality_code = $municipality)
    ),
    incomes as (
        select distinct codice_ente, municipality_code, prestazione, isee, ordine_figlio from contributions
    ),
    quotas as (
        select
            incomes.*,
            contribution_quota(
                prestazione, isee, isee_iniziale, isee_finale, quota_minima, contribuzione_massima, ordine_figlio
            ) as quota
        from incomes
        inner join tariffs using (codice_ente, municipality_code, prestazione)
        where is_moved
    ),
    computed as (
        select
            due.municipality_code,
            due.prestazione,
            due.isee_band,
            due.obliged_person,
            due.importo_dovuto as charged,
            due.due_by_formula,
            case when tariffs.is_moved then contribution_due(quotas.quota, due.quantita) else due.due_by_formula end
                as due_by_scenario
        from contributions as due
        inner join tariffs using (codice_ente, municipality_code, prestazione)
        left join quotas
            on due.codice_ente = quotas.codice_ente
            and due.municipality_code = quotas.municipality_code
            and due.prestazione = quotas.prestazione
            and due.isee is not distinct from quotas.isee
            and due.ordine_figlio is not distinct from quotas.ordine_figlio
    ),
    cells as materialized (
        select
            obliged_person,
            municipality_code,
            prestazione,
            isee_band,
            count(*) as contributions,
            sum(charged) as charged,
            sum(due_by_formula) as due_by_formula,
            sum(due_by_scenario) as due_by_scenario
        from computed
        group by all
    ),
    several as materialized (
        select obliged_person from cells group by obliged_person having count(*) > 1
    ),
    totals_of_several as (
        select {_LABELS},
            sum(contributions) as contributions,
            sum(charged) as charged,
            sum(due_by_formula) as due_by_formula,
            sum(due_by_scenario) as due_by_scenario
        from cells
        semi join several using (obliged_person)
        group by obliged_person, {_CUBE}
    ),
    cells_of_one as (
        select municipality_code, prestazione, isee_band, {_COUNTS}
        from cells
        anti join several using (obliged_person)
        group by municipality_code, prestazione, isee_band
    ),
    counted as (
        select town, service, band, {_COUNTS} from totals_of_several group by town, service, band
        union all
        select {_LABELS}, {_SUMS} from cells_of_one group by {_CUBE}
    ),
    outcomes as (
        select town, service, band, {_SUMS} from counted group by town, service, band
    )
    select * replace (
        charged::decimal(38, 2) as charged,
        due_by_formula::decimal(38, 2) as due_by_formula,
        due_by_scenario::decimal(38, 2) as due_by_scenario
    )
    from outcomes
    order by town, service, band"""


def simulate(release: Release, scenario: Scenario, *, municipality_code: str | None = None) -> Simulation:
    """Compute a year's contributions again under the tariffs of a scenario.

    With `municipality_code` only its own cases are looked at (what its role may see), and AMBITO is their total.
    Raises UserError for a scenario that contradicts itself or today's tariffs, and where there is nothing to compute.
    """
    for change in scenario.changes:
        _check_change(change)
    _check_no_double(scenario.changes)
    today, left_out = _tariffs_today(release, scenario.year, municipality_code)
    tariffs = tuple(_changed(tariff, scenario.changes) for tariff in today)
    for tariff in tariffs:
        _check_tariff(tariff)
    columns: dict[str, list[object]] = {
        name: [getattr(tariff, name) for tariff in tariffs] for name in Tariff.__dataclass_fields__
    }
    columns["is_moved"] = [new != now for new, now in zip(tariffs, today, strict=True)]
    totals = {"all_municipalities": ALL_MUNICIPALITIES, "all": ALL}
    rows = release.rows(
        _SIMULATE, {"year": scenario.year, "municipality": municipality_code, **totals, **columns}
    )
    return Simulation(scenario, tariffs, tuple(Outcome(*row) for row in rows), left_out)


def _cell(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.municipality_code, outcome.prestazione, outcome.isee_band


def _tariffs_today(
    release: Release, year: int, municipality_code: str | None
) -> tuple[list[Tariff], tuple[tuple[str, int], ...]]:
    """Today's tariffs of the cases that a year's contributions are of, and how many contributions have none, by
    municipality."""
    try:
        rows = release.rows(_TODAY, {"year": year, "municipality": municipality_code})
    except duckdb.CatalogException as error:
        raise UserError(
            "La pubblicazione è stata costruita da una versione precedente, che non calcolava le compartecipazioni: "
            "esegui di nuovo «osservatorio run CARTELLA» e riprova."
        ) from error
    if not rows:
        raise _nothing(year)
    left_out: dict[str, int] = {}
    for _, town, *_, is_assessable, count in rows:
        if not is_assessable:
            left_out[town] = left_out.get(town, 0) + count
    return [Tariff(*terms) for *terms, is_assessable, _ in rows if is_assessable], tuple(left_out.items())


def _nothing(year: int) -> UserError:
    return UserError(
        f"Per il {year} la pubblicazione non ha compartecipazioni: scegli un altro anno o un altro Comune."
    )


def _changed(tariff: Tariff, changes: Sequence[TariffChange]) -> Tariff:
    """The tariff with the changes that concern it: first those for all, then those of its municipality."""
    for place in (ALL_MUNICIPALITIES, tariff.municipality_code):
        for change in changes:
            if (change.municipality_code, change.prestazione) == (place, tariff.prestazione):
                new = {name: getattr(change, name) for name in TERMS}
                tariff = replace(tariff, **{name: value for name, value in new.items() if value is not None})
    return tariff


def _check_change(change: TariffChange) -> None:
    """What can be said of a change by itself. Raises UserError."""
    services, towns = code_list("prestazione"), {ALL_MUNICIPALITIES, *municipalities()}
    if change.prestazione not in services:
        raise UserError(
            f"La prestazione «{change.prestazione}» non esiste: scegli tra {', '.join(services)}."
        )
    if change.municipality_code not in towns:
        raise UserError(
            f"Il Comune «{change.municipality_code}» non è dell'Ambito: indica il codice ISTAT di uno dei dieci Comuni, "
            f"oppure {ALL_MUNICIPALITIES} per tutti."
        )
    for name, words in TERMS.items():
        value: Decimal | None = getattr(change, name)
        if value is not None and not (value.is_finite() and 0 <= value <= HIGHEST):
            raise UserError(
                f"{_place(change)}: {words} deve essere un importo tra 0 e {euro(HIGHEST, 0)}, non «{value}»."
            )
    if change.quota_minima and change.prestazione not in WITH_MINIMUM:
        raise UserError(
            f"{_place(change)}: la quota minima non è prevista (artt. 14 e 24 del regolamento): lasciala a 0."
        )


def _check_no_double(changes: Sequence[TariffChange]) -> None:
    """One change per service and municipality. Raises UserError."""
    seen: set[tuple[str, str]] = set()
    for change in changes:
        if (change.municipality_code, change.prestazione) in seen:
            raise UserError(
                f"{_place(change)}: le nuove condizioni sono indicate due volte: tienine una sola."
            )
        seen.add((change.municipality_code, change.prestazione))


def _check_tariff(tariff: Tariff) -> None:
    """Whether the terms hold together once changed. Raises UserError."""
    if tariff.isee_finale <= tariff.isee_iniziale:
        raise UserError(
            f"{_place(tariff)}: l'ISEE finale ({euro(tariff.isee_finale)}) deve essere maggiore dell'ISEE "
            f"iniziale ({euro(tariff.isee_iniziale)})."
        )
    if tariff.contribuzione_massima < tariff.quota_minima:
        raise UserError(
            f"{_place(tariff)}: la contribuzione massima ({euro(tariff.contribuzione_massima)}) non può essere "
            f"minore della quota minima ({euro(tariff.quota_minima)})."
        )


def _place(terms: TariffChange | Tariff) -> str:
    """«Affido familiare, Seregno», to begin a message with."""
    town = municipalities().get(terms.municipality_code)
    return f"{code_list('prestazione')[terms.prestazione]}, {town.name if town else 'tutti i Comuni'}"
