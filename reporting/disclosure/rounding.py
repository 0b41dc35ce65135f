"""Controlled rounding for open data: one cube whose figures are multiples of a base and still add up, line by line.

Every figure moves by at most one base: where it is printed as 0, anything from 0 to the base is possible, and a printed
base may stand for nobody at all. So a zero may become a base and the other way round (the rounding is not
zero-restricted): with it, a printed base would tell that somebody is there. Where nothing was exported before, that is
proof enough: from the printed figures, each small one and the totals that it is in can go down to nobody, or up to the
base, all together. With earlier exports the guard sees to it that figures of few people can, and that the other small
ones keep their width. The auditor attacks the result either way.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from osservatorio.home import Home
from reporting.disclosure.attacker_intervals import Contradiction
from reporting.disclosure.cells import ProtectedSet, PublishedCell, PublishedTable
from reporting.disclosure.facts import marks_of, present_vintage, values_of
from reporting.disclosure.ledger import Entry, Ledger, derived_secret
from reporting.disclosure.lines import Part, lines_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import PURPOSE, policy_of
from reporting.disclosure.rounding_job import DEFAULT_BASE, Rounded, RoundingJob
from reporting.disclosure.scheme import Kind, Scheme
from reporting.disclosure.solver import SolverError
from reporting.disclosure.tables import InconsistentTables, check_lines
from reporting.disclosure.words import inconsistent


def round_for(home: Home, given: ProtectedSet, *, release: str, export: str, at: datetime) -> Rounded:
    """Round tables under the home's settings, key and register, and register them: files may be written afterwards.

    Raises DisclosureError, UserError and LedgerError as `protect.protect_for`.
    """
    policy, secret = policy_of(home), derived_secret(home, PURPOSE)

    def make(entries: Sequence[Entry]) -> Rounded:
        return round_tables(
            given, release=release, export=export, policy=policy, secret=secret, entries=entries
        )

    return Ledger(home).register(make, at)


def round_tables(
    given: ProtectedSet,
    *,
    release: str,
    export: str,
    policy: Policy,
    secret: bytes,
    entries: Sequence[Entry] = (),
    base: int | None = None,
) -> Rounded:
    """Round every figure that counts persons to a multiple of the base, so that all lines still add up.

    The base is 5, or the policy's threshold where that is more (a smaller one raises ValueError); it is doubled where no
    rounding keeps the promises of earlier exports. The same export again gets the multiples that left the first time,
    whatever was exported since; a figure that did not change keeps its multiple in later exports, as far as that adds
    up. Amounts and rates are refused with ValueError: open data derive them from the rounded counts. Raises
    DisclosureError when the figures do not add up, when they cannot be rounded, or when, with all that was exported
    before, a figure could be known too well.
    """
    first = max(DEFAULT_BASE, policy.threshold) if base is None else base
    if first < policy.threshold:
        raise ValueError("the base of the rounding may not be less than the threshold")
    refused = {cell.measure for table in given.tables for cell in table.cells} - _persons(given.known)
    if refused:
        raise ValueError(f"only counts of persons are rounded, not {sorted(refused)}")
    try:
        values = values_of(given)
        vintage = present_vintage(given, values, release, secret)
        lines = lines_of(given.known, vintage.layouts, values, Part.CORE)
        check_lines(lines, values)
        job = RoundingJob(
            given, release, export, policy, tuple(entries), values, marks_of(given, values, secret)
        )
        return job.again(base) or job.run(vintage, lines, first, secret)
    except (InconsistentTables, Contradiction, SolverError) as error:
        raise inconsistent(str(error)) from error


def _persons(known: Scheme) -> set[str]:
    return {key for key, measure in known.measures.items() if measure.kind is Kind.PERSONS}


def derived(known: Scheme, table: PublishedTable, dimensions: Collection[str], key: str) -> PublishedTable:
    """A table of fewer dimensions out of a rounded cube: its cells at the totals of the others. Nothing new is told.

    Raises ValueError for a dimension that the cube does not have, or that has no total to take its place.
    """
    left_out = [name for name in table.dimensions if name not in dimensions]
    if set(dimensions) - set(table.dimensions) or any(
        known.dimensions[name].total is None for name in left_out
    ):
        raise ValueError(f"{table.key} gives no table by {sorted(dimensions)}")
    places = [number for number, name in enumerate(table.dimensions) if name in dimensions]
    cells = [
        PublishedCell(
            tuple(cell.place[number] for number in places), cell.measure, cell.value, cell.is_withheld
        )
        for cell in table.cells
        if all(
            code == known.dimensions[name].total
            for name, code in zip(table.dimensions, cell.place, strict=True)
            if name in left_out
        )
    ]
    names = tuple(table.dimensions[number] for number in places)
    return PublishedTable(key, names, tuple(cells), table.title, table.base)
