"""From tables and their history to one system of equations: a column per figure, a row per line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reporting.disclosure.cells import Figure, Number
from reporting.disclosure.lines import Frame, Line, Part, frame_of, lines_of
from reporting.disclosure.loose import without_loose
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Kind, Scheme
from reporting.disclosure.vintages import Fact, State, Vintage, both

TOLERANCE = 1e-6


class InconsistentTables(ValueError):
    """The figures given do not hang together as their scheme says: the message names the line."""


@dataclass(frozen=True, order=True)
class Column:
    """A figure in one of its versions: what a correction changed is another column.

    Version 0 is the present one, those above it older ones. Versions under 0 are those of figures that nobody ever
    published, a number for each state of the data.
    """

    figure: Figure
    version: int = 0


@dataclass(frozen=True)
class System:
    """All that an attacker can write down: `low <= A x <= high`, `lower <= x <= upper`.

    A is given by rows (`start`, `index`, `coefficient`); the first `core_rows` rows, which touch the first
    `core_columns` columns only, are those that tables of exact figures are made of (`lines.Part`). `value` is the true value of a column, NaN where it is not
    known. `is_open` marks the columns that may be shown or withheld, `is_shown` those that readers know already; all
    others are unknown to readers whatever is decided.
    """

    columns: tuple[Column, ...]
    start: np.ndarray
    index: np.ndarray
    coefficient: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    value: np.ndarray
    is_shown: np.ndarray
    is_open: np.ndarray
    is_whole: np.ndarray
    facts: Mapping[Column, Fact]
    core_columns: int
    core_rows: int

    @cached_property
    def place(self) -> dict[Column, int]:
        """Where each column stands."""
        return {column: number for number, column in enumerate(self.columns)}

    @cached_property
    def row_of(self) -> np.ndarray:
        """The row of each coefficient."""
        return np.repeat(np.arange(len(self.low)), np.diff(self.start))

    @cached_property
    def known(self) -> np.ndarray:
        """The true values, 0 where they are not known."""
        return np.nan_to_num(self.value)

    def core(self) -> "System":
        """The system of the core lines: far smaller, and seldom weaker."""
        last = self.start[self.core_rows]
        return System(
            self.columns[: self.core_columns],
            self.start[: self.core_rows + 1],
            self.index[:last],
            self.coefficient[:last],
            self.low[: self.core_rows],
            self.high[: self.core_rows],
            *(getattr(self, name)[: self.core_columns] for name in _BY_COLUMN),
            facts=self.facts,
            core_columns=self.core_columns,
            core_rows=self.core_rows,
        )

    def part(self, kept: np.ndarray) -> "System":
        """The system of some columns, all others at their value; rows without them are left out."""
        columns = np.flatnonzero(kept)
        position = np.full(len(self.columns), -1, dtype=np.int32)
        position[columns] = np.arange(len(columns), dtype=np.int32)
        inside = position[self.index] >= 0
        fixed = np.where(inside, 0.0, self.coefficient * self.known[self.index])
        known = np.bincount(self.row_of, weights=fixed, minlength=len(self.low))
        length = np.bincount(self.row_of[inside], minlength=len(self.low))
        rows = np.flatnonzero(length)
        return System(
            tuple(self.columns[number] for number in columns),
            np.concatenate([[0], np.cumsum(length[rows])]).astype(np.int32),
            position[self.index[inside]],
            self.coefficient[inside],
            (self.low - known)[rows],
            (self.high - known)[rows],
            *(getattr(self, name)[columns] for name in _BY_COLUMN),
            facts=self.facts,
            core_columns=len(columns),
            core_rows=len(rows),
        )


_BY_COLUMN = ("lower", "upper", "value", "is_shown", "is_open", "is_whole")


def system_of(vintages: Sequence[Vintage], policy: Policy, *, assume_unchanged: bool = True) -> System:
    """The system of all that was published and of what is to be decided now.

    `vintages` are in the order of `by_release`. A figure that two releases tell and that did not change is one column.
    With `assume_unchanged` a reader takes a figure that a release does not tell for what another one told. Raises
    InconsistentTables when the figures to be decided break one of their lines.
    """
    versions = _Versions(vintages, assume_unchanged)
    facts = _facts(vintages, versions)
    columns: dict[Column, int] = {}
    rows: dict[tuple[object, ...], Line] = {}
    core_columns = core_rows = 0
    exact = [vintage.exact for vintage in vintages]
    has_rounded = any(len(one.facts) < len(other.facts) for one, other in zip(exact, vintages, strict=True))
    for told, part in ((exact, Part.CORE), *(((vintages, Part.CORE),) * has_rounded), (vintages, Part.CUBES)):
        for number, vintage in enumerate(told):
            for figure in vintage.facts:
                columns.setdefault(versions.column(number, figure), len(columns))
        for number in range(len(told)):
            for line in _lines(told, number, part):
                terms = tuple((versions.column(number, figure), factor) for figure, factor in line.terms)
                rows.setdefault((terms, line.low, line.high), line)
                for column, _ in terms:
                    columns.setdefault(column, len(columns))
        if told is exact:
            core_columns, core_rows = len(columns), len(rows)
    _check(rows, facts)
    left = without_loose(list(rows), facts)
    kept = dict.fromkeys(row for row in left if row is not None)
    core_rows = len({row for row in left[:core_rows] if row is not None})
    stays = {*facts, *(column for terms, _, _ in kept for column, _ in terms)}
    core_columns = sum(one in stays for one in list(columns)[:core_columns])
    columns = {one: place for place, one in enumerate(one for one in columns if one in stays)}
    return _arrays(columns, kept, facts, vintages, policy, core_columns, core_rows)


def told_anew(system: System, vintages: Sequence[Vintage], *, assume_unchanged: bool = True) -> System:
    """The same system where readers are told something else of its figures; what they can range over stays.

    `vintages` have the figures, releases and order of those that the system was made of.
    """
    facts = _facts(vintages, _Versions(vintages, assume_unchanged))
    return replace(system, facts=facts, **_known(tuple(facts.get(column) for column in system.columns)))


def _facts(vintages: Sequence[Vintage], versions: "_Versions") -> dict[Column, Fact]:
    facts: dict[Column, Fact] = {}
    for number, vintage in enumerate(vintages):
        for figure, fact in vintage.facts.items():
            column = versions.column(number, figure)
            facts[column] = both(facts[column], fact) if column in facts else fact
    return facts


def _known(told: Sequence[Fact | None]) -> dict[str, np.ndarray]:
    """What is known of each column: its value, whether it is shown, whether it is to be decided."""
    value = [np.nan if fact is None or fact.value is None else fact.value for fact in told]
    return {
        "value": np.array(value, dtype=float),
        "is_shown": np.array([fact is not None and fact.state is State.SHOWN for fact in told], dtype=bool),
        "is_open": np.array([fact is not None and fact.state is State.OPEN for fact in told], dtype=bool),
    }


class _Versions:
    """Which column stands for a figure as a release tells it."""

    def __init__(self, vintages: Sequence[Vintage], assume_unchanged: bool) -> None:
        self.vintages = vintages
        self.assume_unchanged = assume_unchanged
        self.numbers: dict[Figure, dict[str, int]] = {}
        for vintage in reversed(vintages):
            for figure, fact in vintage.facts.items():
                marks = self.numbers.setdefault(figure, {})
                marks.setdefault(fact.mark, len(marks))
        self.states = [self._states(vintage) for vintage in vintages]
        self.names: dict[object, int] = {}

    @staticmethod
    def _states(vintage: Vintage) -> dict[tuple[str, Frame], frozenset[tuple[Figure, str]]]:
        """What a release says of a measure in a period: equal where nothing of it was corrected."""
        told: dict[tuple[str, Frame], set[tuple[Figure, str]]] = {}
        for figure, fact in vintage.facts.items():
            about = (figure.measure, frame_of(vintage.known, figure))
            told.setdefault(about, set()).add((figure, fact.mark))
        return {about: frozenset(content) for about, content in told.items()}

    def column(self, number: int, figure: Figure) -> Column:
        vintage = self.vintages[number]
        if fact := vintage.facts.get(figure):
            return Column(figure, self.numbers[figure][fact.mark])
        if figure in self.numbers and self.assume_unchanged:
            order = [*range(number - 1, -1, -1), *range(number + 1, len(self.vintages))]
            told = next(fact for n in order if (fact := self.vintages[n].facts.get(figure)))
            return Column(figure, self.numbers[figure][told.mark])
        state = self.states[number].get((figure.measure, frame_of(vintage.known, figure)), vintage.release)
        return Column(figure, -1 - self.names.setdefault(state, len(self.names)))


def _lines(vintages: Sequence[Vintage], number: int, part: Part) -> Iterator[Line]:
    """The lines that a release adds: among its own figures and with those of the releases before it.

    An earlier release may have had exports of another kind, with figures that this one's description does not know.
    """
    vintage = vintages[number]
    published = {
        figure
        for earlier in vintages[: number + 1]
        for figure in earlier.facts
        if _is_known(vintage.known, figure)
    }
    others = published - set(vintage.facts)
    for line in lines_of(vintage.known, vintage.layouts, published, part):
        if not all(figure in others for figure, _ in line.terms):
            yield line


def _is_known(known: Scheme, figure: Figure) -> bool:
    """Whether a description has the measure of a figure and the codes of its place."""
    return figure.measure in known.measures and all(
        key in known.dimensions and code in known.dimensions[key].codes for key, code in figure.at
    )


def _check(rows: Mapping[tuple[object, ...], Line], facts: Mapping[Column, Fact]) -> None:
    for (terms, _, _), line in rows.items():
        told = [facts.get(column) for column, _ in terms]  # type: ignore[attr-defined]
        _check_line(line, [None if fact is None else fact.value for fact in told])


def check_lines(lines: Iterable[Line], values: Mapping[Figure, Number]) -> None:
    """Raise InconsistentTables when figures break a line whose figures are all known."""
    for line in lines:
        _check_line(line, [values.get(figure) for figure, _ in line.terms])


def _check_line(line: Line, values: Sequence[Number | None]) -> None:
    known = [value for value in values if value is not None]
    if len(known) < len(line.terms):
        return
    total = sum(value * factor for value, (_, factor) in zip(known, line.terms, strict=True))
    slack = TOLERANCE * max(1.0, *(abs(value) for value in known))
    if (line.low is not None and total < line.low - slack) or (
        line.high is not None and total > line.high + slack
    ):
        named = "; ".join(f"{figure.measure} {dict(figure.at)}" for figure, _ in line.terms[:6])
        raise InconsistentTables(f"{line.about}: {named}")


def _arrays(
    columns: Mapping[Column, int],
    rows: Iterable[tuple[object, ...]],
    facts: Mapping[Column, Fact],
    vintages: Sequence[Vintage],
    policy: Policy,
    core_columns: int,
    core_rows: int,
) -> System:
    ordered = tuple(columns)
    told = [facts.get(column) for column in ordered]
    measures = {key: measure for vintage in vintages for key, measure in vintage.known.measures.items()}
    known = _known(told)
    value = known["value"]
    most = _largest(ordered, value)
    lower = np.where(np.nan_to_num(value) < 0, -2.0 * most, 0.0)
    upper = 2.0 * most + 10 * policy.threshold
    for number, fact in enumerate(told):
        if fact is not None and fact.low is not None:
            lower[number] = max(lower[number], fact.low)
        if fact is not None and fact.high is not None:
            upper[number] = min(upper[number], fact.high)
    return System(
        ordered,
        *_sparse(columns, rows),
        lower=lower,
        upper=upper,
        **known,
        is_whole=np.array([measures[c.figure.measure].kind is Kind.PERSONS for c in ordered], dtype=bool),
        facts=facts,
        core_columns=core_columns,
        core_rows=core_rows,
    )


def _largest(columns: Iterable[Column], value: np.ndarray) -> np.ndarray:
    """The largest known value of each column's measure; of any, where none is known."""
    largest: dict[str, float] = {}
    names = [column.figure.measure for column in columns]
    for name, number in zip(names, np.abs(value), strict=True):
        if not np.isnan(number):
            largest[name] = max(largest.get(name, 1.0), float(number))
    anything = max(largest.values(), default=1.0)
    return np.array([largest.get(name, anything) for name in names])


def _sparse(
    columns: Mapping[Column, int], rows: Iterable[tuple[object, ...]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    start, index, coefficient, low, high = [0], [], [], [], []
    for terms, least, most in rows:
        for column, factor in terms:  # type: ignore[attr-defined]
            index.append(columns[column])
            coefficient.append(factor)
        start.append(len(index))
        low.append(-np.inf if least is None else least)
        high.append(np.inf if most is None else most)
    return (
        np.array(start, dtype=np.int32),
        np.array(index, dtype=np.int32),
        np.array(coefficient, dtype=float),
        np.array(low, dtype=float),
        np.array(high, dtype=float),
    )
