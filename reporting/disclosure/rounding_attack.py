"""The attack on rounded tables together with all that was exported before, and what of its finds is their fault."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from reporting.disclosure.attacker import Audit, Breach, audit
from reporting.disclosure.attacker_equations import Publication, Unknown
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.history import promises, publication_of, shown_since
from reporting.disclosure.ledger import Entry
from reporting.disclosure.policy import Policy

CLOSE = 1e-6


def attack_rounded(
    new: Publication,
    entries: Sequence[Entry],
    policy: Policy,
    sensitive: Collection[Unknown],
    *,
    explain: bool = False,
) -> tuple[Audit, list[Breach], dict[Unknown, float]]:
    """Attack rounded tables with all that was exported before.

    `sensitive` figures must look as if they could be nobody or the threshold, any other small one must have its width.
    Returns the audit, what the rounding gives away (with `explain`, from which tables), and the small figures that were
    known too well without it, with the width of their intervals: these it must not narrow any further.
    """
    earlier = [publication_of(entry) for entry in entries]
    promised = promises(entries, policy)
    threshold = float(policy.threshold)
    wide = {
        (new.release, cell.measure, _where(new, table.dimensions, cell.place)): Demand(threshold)
        for table in new.tables
        for cell in table.cells
        if cell.value is not None and cell.value <= table.base
    }
    promised = {**{name: demand for name, demand in wide.items() if name not in sensitive}, **promised}
    excused = shown_since(entries, {})
    result = audit([*earlier, new], policy, demands=promised, excused=excused, explain=explain)
    mine = [breach for breach in result.breaches if breach.cell.source == new.source]
    mine = [breach for breach in mine if breach.cell.unknown in sensitive or not _is_wide(breach, policy)]
    old = [breach for breach in result.breaches if breach.cell.source != new.source]
    if old:
        before = audit(earlier, policy, demands=promised, excused=excused, explain=False)
        broken = {breach.cell.unknown for breach in before.breaches}
        old = [breach for breach in old if breach.cell.unknown not in broken]
    known = _known_before(new, earlier, mine, policy)
    mine = [breach for breach in mine if breach.cell.unknown not in known]
    return result, [*mine, *old], known


def _is_wide(breach: Breach, policy: Policy) -> bool:
    return breach.high - breach.low >= policy.threshold - CLOSE


def _known_before(
    new: Publication, earlier: Sequence[Publication], breaches: Sequence[Breach], policy: Policy
) -> dict[Unknown, float]:
    """The unknowns that are known too well without the new tables, and that these do not narrow below the threshold."""
    if not breaches or not earlier:
        return {}
    threshold = float(policy.threshold)
    found = {breach.cell.unknown: breach.high - breach.low for breach in breaches}
    demands = {unknown: Demand(threshold, 0.0, threshold) for unknown in found}
    blank = tuple(
        replace(
            table,
            base=0,
            cells=tuple(replace(cell, value=None, is_withheld=True) for cell in table.cells),
        )
        for table in new.tables
    )
    others = {
        (new.release, cell.measure, _where(new, table.dimensions, cell.place))
        for table in new.tables
        for cell in table.cells
    } - set(demands)
    before = audit(
        [*earlier, replace(new, tables=blank)],
        policy,
        demands=demands,
        excused=others,
        only={new.source},
        explain=False,
    )
    known = {breach.cell.unknown: breach.high - breach.low for breach in before.breaches}
    return {
        unknown: width
        for unknown, width in found.items()
        if unknown in known and width >= min(threshold, known[unknown]) - CLOSE
    }


def _where(new: Publication, dimensions: Sequence[str], place: Sequence[str]) -> frozenset[tuple[str, str]]:
    codes = zip(dimensions, place, strict=True)
    return frozenset((key, code) for key, code in codes if code != new.known.dimensions[key].total)
