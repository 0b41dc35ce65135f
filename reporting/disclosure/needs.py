"""From the promise to what each column of a system must be able to do."""

from collections.abc import Collection, Sequence

import numpy as np

from reporting.disclosure.cells import Figure
from reporting.disclosure.cuts import Need, Reach, Separation, Width
from reporting.disclosure.lines import Layout, frame_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Kind, Scheme
from reporting.disclosure.solver import nobody
from reporting.disclosure.tables import Column, System
from reporting.disclosure.vintages import State


def needs_of(system: System, sensitive: Collection[Figure], policy: Policy) -> list[Need]:
    """What every withheld column needs: new ones and those of earlier releases.

    A sensitive column must reach down and up, any other one have its width; new columns only if they are withheld. A
    figure once rounded to no more than its base must go on looking as if it could be nobody or the threshold; where it is
    known to be nobody, that is no secret. One that was not sensitive must only keep its width.
    """
    reaches: list[Need] = []
    widths: list[Need] = []
    empty = nobody(
        system, [place for place, column in enumerate(system.columns) if _is_small(system, column)]
    )
    for place, column in enumerate(system.columns):
        fact = system.facts.get(column)
        if fact is None or fact.state is State.SHOWN:
            continue
        if fact.state is State.ROUNDED:
            if place in empty:
                continue
            if fact.width:
                widths.append(Width(place, min(float(policy.threshold), fact.width), is_conditional=False))
            elif _is_small(system, column):
                reaches += [Reach(place, 1.0, 0.0), Reach(place, -1.0, -float(policy.threshold))]
            continue
        kind = Kind.PERSONS if system.is_whole[place] else Kind.AMOUNT
        is_open = fact.state is State.OPEN
        if is_open and column.figure in sensitive:
            low, high = policy.reach(float(system.value[place]), kind)
            reaches += [Reach(place, 1.0, low), Reach(place, -1.0, -high)]
        elif fact.state is State.SENSITIVE:
            promised = float(fact.threshold or policy.threshold)
            reaches += [Reach(place, 1.0, 0.0), Reach(place, -1.0, -promised)]
        else:
            width = policy.width(kind)
            if kind is Kind.PERSONS and not is_open and fact.threshold:
                width = float(fact.threshold)
            if kind is Kind.AMOUNT and not is_open:
                width = max(width, policy.share * fact.width)
            widths.append(Width(place, width, is_conditional=is_open))
    return [*reaches, *widths]


def not_met_by(system: System, needs: Sequence[Need], always: np.ndarray) -> list[Need]:
    """The needs that withholding no more than `always` is not shown to meet: whatever is withheld besides, others are met.

    A pattern that withholds more leaves every point possible that one which withholds less does. A few points, each of
    which brings many columns to where they must come, settle nearly all that was promised for earlier exports.
    """
    sure = [need for need in needs if not (isinstance(need, Width) and need.is_conditional)]
    met = Separation(system, sure, always, np.zeros_like(always)).seen_to_be_met(always.astype(float))
    return [need for need in needs if need not in met]


def _is_small(system: System, column: Column) -> bool:
    fact = system.facts.get(column)
    return fact is not None and fact.state is State.ROUNDED and fact.low == 0


def totals_of(known: Scheme, system: System, layouts: Collection[Layout]) -> np.ndarray:
    """How much of a total each column to be decided is: 0 an inner cell of some table, 1 a total, 2 a grand total.

    `known` describes those; of the others, which no choice is about, nothing is said (0).
    """
    inner = {(layout.measure, layout.frame, layout.dimensions) for layout in layouts}
    levels = np.zeros(len(system.columns), dtype=int)
    for place in np.flatnonzero(system.is_open):
        figure = system.columns[place].figure
        dimensions = (
            frozenset(name for name, code in figure.at if code not in known.dimensions[name].children)
            - known.frames
        )
        if not dimensions and not [name for name, _ in figure.at if name not in known.frames]:
            levels[place] = 2
        elif (figure.measure, frame_of(known, figure), dimensions) not in inner:
            levels[place] = 1
    return levels
