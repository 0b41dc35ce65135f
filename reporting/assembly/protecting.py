"""The protected view of a year: the one place where figures of the Assembly's pack are read, protected and registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from osservatorio.errors import UserError
from osservatorio.home import Home
from reporting.assembly.derived import derived_figures
from reporting.assembly.gathering import gather
from reporting.assembly.indicators import indicator_rows
from reporting.assembly.view import ProtectedYear, TableAccount, shown_derived, shown_figures
from reporting.context import Context
from reporting.disclosure.attacker_intervals import Contradiction
from reporting.disclosure.cells import ProtectedSet, PublishedTable, Table, figures_behind
from reporting.disclosure.history import publication_of
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.primary import sensitive_figures
from reporting.disclosure.protect import policy_of, protect_for
from reporting.disclosure.solver import SolverError
from reporting.disclosure.words import inconsistent

KIND = "assemblea"


@dataclass(frozen=True)
class _Leaving:
    """Tables as they leave, under which threshold."""

    tables: tuple[PublishedTable, ...]
    threshold: int


def export_name(year: str) -> str:
    """What the register calls the export of a year."""
    return f"{KIND} {year}"


def registered_exports(home: Home) -> list[tuple[str, str, str]]:
    """Year, release and moment of every pack in the register, the oldest first. Raises LedgerError."""
    return [
        (entry.export.export.removeprefix(f"{KIND} "), entry.export.release, entry.at)
        for entry in Ledger(home).entries()
        if entry.export.export.startswith(f"{KIND} ")
    ]


def protected_year(home: Home, context: Context, *, at: datetime | None = None) -> ProtectedYear:
    """A year and the year before it, as they may be shown to whoever has no right to exact figures.

    With `at` the tables are protected, attacked together with every earlier export and registered; without, they are
    those that the register has of this export. Raises DisclosureError when they cannot be protected (nothing is
    registered then), LedgerError when the register cannot be trusted, UserError when without `at` there is nothing in the
    register or the home has no key.
    """
    ledger = Ledger(home)  # without a key there is no register, and nothing is worth reading
    years = [period for period in (context.before, context.period) if period]
    gathered = gather(context, years)
    given = gathered.given
    name = export_name(context.period.code)
    left = _protected(home, given, context.release.id, name, at) if at else _registered(ledger, context, name)
    policy = Policy(threshold=left.threshold)
    shown = shown_figures(given.known, left.tables)
    return ProtectedYear(
        given.known,
        left.tables,
        _accounts(given, left.tables, policy),
        policy,
        tuple(
            tuple(row.values())
            for row, bases in indicator_rows(context, given.known, years)
            if shown.issuperset(bases)
        ),
        shown_derived(given.known, shown, derived_figures(context, given.known, years)),
    )


def _protected(home: Home, given: ProtectedSet, release: str, name: str, at: datetime) -> _Leaving:
    try:
        protected = protect_for(home, given, release=release, export=name, at=at)
    except (Contradiction, SolverError) as error:  # sums that do not hold where no total says so
        raise inconsistent(str(error)) from error
    return _Leaving(protected.tables, policy_of(home).threshold)


def _registered(ledger: Ledger, context: Context, name: str) -> _Leaving:
    """The tables of the export that the register has. Raises UserError when there is none."""
    entries = [
        entry
        for entry in ledger.entries()
        if (entry.export.release, entry.export.export) == (context.release.id, name)
    ]
    if not entries:
        raise UserError(
            f"Il registro delle esportazioni protette non ha «{name}» della pubblicazione «{context.release.id}»: "
            f"producila con «osservatorio report {KIND} {context.period.code}»."
        )
    last = entries[-1]
    return _Leaving(publication_of(last).tables, last.export.threshold)


def _accounts(
    given: ProtectedSet, tables: Sequence[PublishedTable], policy: Policy
) -> tuple[TableAccount, ...]:
    """How much of each table is withheld, and how much of that because of the few persons behind it."""
    sensitive = sensitive_figures(given.known, given.tables, policy)
    return tuple(
        _account(given, table, printed, sensitive)
        for table, printed in zip(given.tables, tables, strict=True)
    )


def _account(given: ProtectedSet, table: Table, printed: PublishedTable, sensitive: set) -> TableAccount:
    few = sum(
        shown.is_withheld
        and any(figure in sensitive for figure in figures_behind(given.known, table.dimensions, cell))
        for cell, shown in zip(table.cells, printed.cells, strict=True)
    )
    return TableAccount(table.key, len(printed.cells), printed.withheld, few)
