"""Secondary suppression: which cells to withhold besides the sensitive ones, so that none can be worked out.

All tables, and all that was published before, are one system. Totals are shown where that is possible; those in the way
of an impossible protection are given up first the inner ones, then the grand total, and the result says so. What falls
apart into independent problems is solved apart. The cubes that nobody prints are looked at in the end, when they
seldom change anything: a pattern that they break goes back with the inequality that it lacks.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from reporting.disclosure.cells import Figure
from reporting.disclosure.cuts import Cut, Impossible, Need, Reach, Separation, Width
from reporting.disclosure.groups import groups_of
from reporting.disclosure.lines import Layout
from reporting.disclosure.master import ROUNDED, USUAL, Effort, Found, cheapest_pattern
from reporting.disclosure.needs import needs_of, not_met_by, totals_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Scheme
from reporting.disclosure.tables import Column, System
from reporting.disclosure.totals import GRAND_TOTAL, INNER, TOTAL, Problem, give_up_totals, give_way

WEIGHTS = {INNER: 1.0, TOTAL: 4.0, GRAND_TOTAL: 16.0}
TIES = 0.4  # of a step: all remainders together


@dataclass(frozen=True)
class Suppression:
    """What to withhold. `bound` is a weight that no safe pattern can be under, `weight` that of this one, both in steps:
    one for a cell, more for a total, none for what was withheld before.

    `given_up` are totals that had to be withheld though no rule asks for it; `lost` figures of earlier releases that
    were already given away when these tables came, and cannot be protected any more.
    """

    withheld: frozenset[Figure]
    sensitive: frozenset[Figure]
    given_up: tuple[Figure, ...]
    lost: tuple[Figure, ...]
    weight: float
    bound: float
    programmes: int

    @property
    def secondary(self) -> frozenset[Figure]:
        """What is withheld to protect the rest."""
        return self.withheld - self.sensitive

    @property
    def is_optimal(self) -> bool:
        """Whether no safe pattern withholds less."""
        return self.weight <= self.bound

    @property
    def gap(self) -> float:
        """The share of the weight that a better pattern could save at most."""
        return 0.0 if self.is_optimal else (self.weight - self.bound) / self.weight


def suppress(
    known: Scheme,
    system: System,
    layouts: Collection[Layout],
    sensitive: Collection[Figure],
    policy: Policy,
    seed: bytes,
    effort: Effort = USUAL,
    refused: Collection[frozenset[Figure]] = (),
) -> Suppression:
    """The cheapest pattern that protects every sensitive figure, new or old. `seed` decides between equals.

    `refused` are patterns that proved unsafe: something more must be withheld than in each. Raises CannotProtect where
    nothing protects.
    """
    levels = totals_of(known, system, layouts)
    always = np.array(
        [
            is_open and column.figure in sensitive
            for column, is_open in zip(system.columns, system.is_open, strict=True)
        ]
    )
    weight = _weights(system, levels, seed)
    allowed = system.is_open & ~always & (levels == INNER)
    needs = not_met_by(system, needs_of(system, sensitive, policy), always)
    state = Problem(system, needs, levels, weight, always, allowed, allowed.copy())
    give_up_totals(state)
    pattern, bound = _search(state, effort, refused)
    places = np.flatnonzero(pattern > 0.5)
    withheld = frozenset(system.columns[place].figure for place in places)
    return Suppression(
        withheld,
        frozenset(system.columns[place].figure for place in np.flatnonzero(always)),
        tuple(sorted(system.columns[p].figure for p in places if levels[p] > INNER and not always[p])),
        tuple(state.lost),
        float(np.floor(weight) @ pattern),
        float(np.floor(bound + ROUNDED)),
        state.programmes,
    )


def _weights(system: System, levels: np.ndarray, seed: bytes) -> np.ndarray:
    """Steps by level, and a remainder that prefers small values and is different for every figure.

    What was withheld before costs next to nothing: the same tables leave the same way again.
    """
    steps = np.array([WEIGHTS[level] for level in levels])
    for place, column in enumerate(system.columns):
        if system.is_open[place] and system.facts[column].width:
            steps[place] = 0.0
    value = np.where(system.is_open, np.abs(system.known), 0.0)
    share = value / max(float(value.sum()), 1.0)
    return steps + TIES * (0.5 * share + 0.5 * _noise(system.columns, seed) / max(len(value), 1))


def _noise(columns: Collection[Column], seed: bytes) -> np.ndarray:
    """A number between 0 and 1 for each figure, the same whatever the order of the columns."""
    names = (b"choose:" + repr((c.figure.measure, c.figure.at)).encode() for c in columns)
    digests = (hmac.new(seed, name, hashlib.sha256).digest() for name in names)
    return np.array([int.from_bytes(digest[:6]) / 2**48 for digest in digests])


def _search(
    state: Problem, effort: Effort, refused: Collection[frozenset[Figure]]
) -> tuple[np.ndarray, float]:
    """The cheapest pattern and its bound: group by group under the core lines, then all together under all lines."""
    core = state.system.core()
    count = len(core.columns)
    solver = _Groups(state, core, effort)
    solver.add(_more_than(state, pattern) for pattern in refused)
    whole = _Whole(state)
    while True:
        pattern = state.always.astype(float)
        pattern[:count], bound = solver.solve()
        try:
            cuts = whole.lacking(pattern)
        except Impossible as problem:
            give_way(state, state.system, problem)
            give_up_totals(state)
            solver = _Groups(state, core, effort)  # cuts hold among what could be withheld then
            solver.add(_more_than(state, pattern) for pattern in refused)
            whole = _Whole(state)
            continue
        if not cuts:
            return pattern, bound
        solver.add(cuts)


class _Whole:
    """All lines at once, those of the cubes among them, in parts that have nothing to do with each other."""

    def __init__(self, state: Problem) -> None:
        self.state = state
        self.parts: list[tuple[np.ndarray, Separation]] = []
        for members in groups_of(state.system, state.always, state.choice, ()):
            position = np.full(len(state.system.columns), -1, dtype=np.int64)
            position[members] = np.arange(len(members))
            needs = [_moved(need, position) for need in state.needs if position[need.column] >= 0]
            part = state.system.part(position >= 0)
            self.parts.append(
                (members, Separation(part, needs, state.always[members], state.choice[members]))
            )

    def lacking(self, pattern: np.ndarray) -> list[Cut]:
        """The cuts that a pattern misses. Raises Impossible, about columns of the problem."""
        cuts = []
        for members, separation in self.parts:
            before = separation.programmes
            try:
                cuts += [unmet.cut.renumbered(members) for unmet in separation.unmet(pattern[members])]
            except Impossible as problem:
                need = _moved(problem.need, members)
                raise Impossible(need, members[problem.helpers], problem.low, problem.high) from problem
            finally:
                self.state.programmes += separation.programmes - before
        return cuts


def _more_than(state: Problem, withheld: frozenset[Figure]) -> Cut:
    """The cut that asks for more than a pattern."""
    shown = [
        place
        for place in np.flatnonzero(state.choice).tolist()
        if state.system.columns[place].figure not in withheld
    ]
    return Cut(np.array(shown, dtype=np.int64), np.ones(len(shown)), None)


class _Groups:
    """Solves the problem group by group. Cuts and patterns found serve again when groups grow together."""

    def __init__(self, state: Problem, core: System, effort: Effort) -> None:
        self.state = state
        self.core = core
        self.effort = effort
        count = len(core.columns)
        self.weight, self.always, self.choice = (
            one[:count] for one in (state.weight, state.always, state.choice)
        )
        self.pattern = self.always.astype(float)
        self.cuts: list[Cut] = []
        self.bounds: dict[tuple[bytes, int], float] = {}

    def add(self, cuts: Iterable[Cut]) -> None:
        """Take cuts from outside, which may tie groups together."""
        self.cuts += cuts

    def solve(self) -> tuple[np.ndarray, float]:
        """A pattern that is safe under the core lines and all cuts so far, and a bound on the weight of any."""
        bound = float(self.weight @ self.always)
        for members in groups_of(self.core, self.always, self.choice, self.cuts):
            inside = np.zeros(len(self.weight), dtype=bool)
            inside[members] = True
            known = [cut for cut in self.cuts if inside[cut.columns].any()]
            key = (members.tobytes(), len(known))
            if key not in self.bounds:
                found = self._solve_group(members, inside, known)
                key = (members.tobytes(), len([cut for cut in self.cuts if inside[cut.columns].any()]))
                self.bounds[key] = found.bound - float(self.weight[members] @ self.always[members])
            bound += self.bounds[key]
        return self.pattern.copy(), bound

    def _solve_group(self, members: np.ndarray, inside: np.ndarray, known: list[Cut]) -> Found:
        position = np.full(len(inside), -1, dtype=np.int64)
        position[members] = np.arange(len(members))
        needs = [
            _moved(need, position)
            for need in self.state.needs
            if need.column < len(inside) and inside[need.column]
        ]
        held = [cut.renumbered(position) for cut in known]
        separation = Separation(
            self.core.part(inside), needs, self.always[members], self.choice[members], held
        )
        found = cheapest_pattern(separation, self.weight[members], self.effort, self.pattern[members])
        self.pattern[members] = found.pattern
        self.cuts += [cut.renumbered(members) for cut in found.cuts[len(held) :]]
        self.state.programmes += separation.programmes
        return found


def _moved(need: Need, position: np.ndarray) -> Need:
    place = int(position[need.column])
    if isinstance(need, Reach):
        return Reach(place, need.sign, need.target)
    return Width(place, need.width, need.is_conditional)
