"""The one way to figures as they may be shown: read, protected and registered; or as the register has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import Release
from reporting.context import Context
from reporting.disclosure.attacker_intervals import Contradiction
from reporting.disclosure.cells import ProtectedSet, PublishedTable, Table, figures_behind
from reporting.disclosure.exports import Export
from reporting.disclosure.history import publication_of
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.primary import sensitive_figures
from reporting.disclosure.protect import policy_of, protect_for
from reporting.disclosure.solver import SolverError
from reporting.disclosure.words import inconsistent
from reporting.protected.protection import Protection
from reporting.protected.view import ProtectedView, TableAccount, shown_derived, shown_figures


@dataclass(frozen=True)
class _Leaving:
    """Tables as they leave, under which threshold."""

    tables: tuple[PublishedTable, ...]
    threshold: int


def export_name(kind: str, context: Context) -> str:
    """What the register calls the export of a report: its kind and year, for what is of one year leaves together."""
    return f"{kind} {context.period.start.year}"


def registered_exports(home: Home, kind: str) -> list[tuple[str, str, str]]:
    """Year, release and moment of every export of a kind in the register, the oldest first. Raises LedgerError."""
    return [
        (entry.export.export.removeprefix(f"{kind} "), entry.export.release, entry.at)
        for entry in Ledger(home).entries()
        if entry.export.export.startswith(f"{kind} ")
    ]


def protected_view(
    home: Home, kind: str, protection: Protection, context: Context, *, at: datetime | None = None
) -> ProtectedView:
    """The figures of a report of a kind, as they may be shown to whoever has no right to exact ones.

    With `at` the tables are protected, attacked together with every earlier export and registered; without, they are
    those that the register has of this export. Raises DisclosureError when they cannot be protected (nothing is
    registered then), LedgerError when the register cannot be trusted, UserError when without `at` there is nothing in the
    register or the home has no key.
    """
    ledger = Ledger(home)  # without a key there is no register, and nothing is worth reading
    periods = protection.periods(context)
    given = protection.gather(context, periods)
    name = export_name(kind, context)
    release = context.release
    if at:
        left = _protected(home, given, release, name, at)
    else:
        left = _registered(ledger, given, release, name, f"{kind} {context.period.code}")
    policy = Policy(threshold=left.threshold)
    shown = shown_figures(given.known, left.tables)
    return ProtectedView(
        given.known,
        left.tables,
        _accounts(given, left.tables, policy),
        policy,
        tuple(
            tuple(row.values())
            for row, bases in protection.indicators(context, given.known, periods)
            if shown.issuperset(bases)
        ),
        shown_derived(given.known, shown, protection.derived(context, given.known, periods)),
    )


def _protected(home: Home, given: ProtectedSet, release: Release, name: str, at: datetime) -> _Leaving:
    try:
        protected = protect_for(home, given, release=release.id, export=name, at=at)
    except (Contradiction, SolverError) as error:  # sums that do not hold where no total says so
        raise inconsistent(str(error)) from error
    return _Leaving(protected.tables, policy_of(home).threshold)


def _registered(ledger: Ledger, given: ProtectedSet, release: Release, name: str, command: str) -> _Leaving:
    """The last export of these cells that the register has. Raises UserError when there is none."""
    for entry in reversed(ledger.entries()):
        export = entry.export
        if (export.release, export.export) == (release.id, name) and _has_cells_of(export, given):
            return _Leaving(publication_of(entry).tables, export.threshold)
    raise UserError(
        f"Il registro delle esportazioni protette non ha «{name}» della pubblicazione «{release.id}»: "
        f"producila con «osservatorio report {command}»."
    )


def _has_cells_of(export: Export, given: ProtectedSet) -> bool:
    """Whether an export has these very cells: of a running year it may have left when fewer of its periods were over."""
    registered = [(t.key, [(cell.place, cell.measure) for cell in t.cells]) for t in export.tables]
    return registered == [(t.key, [(cell.place, cell.measure) for cell in t.cells]) for t in given.tables]


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
