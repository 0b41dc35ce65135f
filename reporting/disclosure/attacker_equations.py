"""The attacker's own equations, written from nothing but what is published and what everybody knows.

Nothing here is shared with the protection but the description of the tables: another walk over the printed cells,
another way to name unknowns (one per printed figure and release, tied by equalities where they are the same), numbers
taken out of printed rates. Two mistakes would have to agree for a leak to pass.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from reporting.disclosure.cells import PublishedCell, PublishedTable
from reporting.disclosure.scheme import Combine, Dimension, Kind, Measure, Relation, Scheme

Where = frozenset[tuple[str, str]]  # codes that are not totals
Name = tuple[str, Where]  # a measure at a place
Unknown = tuple[str, str, Where]  # the same in a release
MOST_CUBE_CELLS = 6_000
INFINITE = float("inf")


@dataclass(frozen=True)
class Publication:
    """Tables that left together. `source` is what people call it.

    `marks` gives a mark for each figure, equal in two releases when the figure is; without it a figure withheld in one of
    two releases is taken for the same in both.
    """

    source: str
    release: str
    known: Scheme
    tables: tuple[PublishedTable, ...]
    marks: Mapping[Name, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hidden:
    """A withheld cell, where it stands and what it stands for."""

    source: str
    table: str
    dimensions: tuple[str, ...]
    place: tuple[str, ...]
    measure: str
    unknown: Unknown


@dataclass
class Equations:
    """What the attacker wrote down: an interval for each unknown, rows of coefficients, and what was withheld."""

    low: dict[Unknown, float] = field(default_factory=dict)
    high: dict[Unknown, float] = field(default_factory=dict)
    is_whole: dict[Unknown, bool] = field(default_factory=dict)
    rows: list[tuple[dict[Unknown, float], float, float]] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    rounded: list[Hidden] = field(default_factory=list)

    def narrow(self, unknown: Unknown, low: float, high: float) -> None:
        """Learn that a figure lies in an interval."""
        self.low[unknown] = max(self.low[unknown], low)
        self.high[unknown] = min(self.high[unknown], high)

    def add(self, terms: Sequence[tuple[Unknown, float]], low: float, high: float) -> None:
        """Write down low <= sum of coefficient x unknown <= high."""
        kept = dict(terms)
        if len(kept) < len(terms) or not all(kept.values()):
            kept = defaultdict(float)
            for unknown, factor in terms:
                kept[unknown] += factor
            kept = {unknown: factor for unknown, factor in kept.items() if factor}
        if kept:
            self.rows.append((kept, low, high))


def equations_of(publications: Sequence[Publication], *, assume_unchanged: bool = True) -> Equations:
    """All that a reader of these publications can write down.

    With `assume_unchanged` a figure that a release does not print is taken for what another release printed.
    """
    result = Equations()
    groups: dict[str, list[Publication]] = defaultdict(list)
    for publication in publications:
        groups[publication.release].append(publication)
    readers = [_Reader(result, release, group) for release, group in groups.items()]
    for reader in readers:
        reader.read_cells()
    anywhere = {name for reader in readers for name in reader.printed}
    for reader in readers:
        reader.write_rows(anywhere)
    _tie_releases(result, readers, assume_unchanged)
    return result


class _Reader:
    """Reads the tables of one release."""

    def __init__(self, equations: Equations, release: str, group: Sequence[Publication]) -> None:
        self.equations = equations
        self.release = release
        self.group = group
        self.dimensions: dict[str, Dimension] = {}
        for publication in group:
            for key, theirs in publication.known.dimensions.items():
                mine = self.dimensions.get(key, theirs)
                self.dimensions[key] = Dimension(
                    key,
                    {**mine.parents, **theirs.parents},
                    theirs.total,
                    {**mine.before, **theirs.before},
                    mine.drifts or theirs.drifts,
                )
        self.totals = {(key, one.total) for key, one in self.dimensions.items() if one.total is not None}
        self.drifting = {key for key, one in self.dimensions.items() if one.drifts}
        self.measures: dict[str, Measure] = {}
        for publication in group:
            for key, measure in publication.known.measures.items():
                self.measures[key] = _richer(self.measures.get(key), measure)
        self.marks = {name: mark for publication in group for name, mark in publication.marks.items()}
        self.printed: set[Name] = set()
        self.grids: dict[tuple[str, tuple[str, ...]], set[tuple[str, ...]]] = defaultdict(set)

    def unknown(self, measure: str, codes: Iterable[tuple[str, str]]) -> Unknown:
        """The unknown of a figure; made when it is new."""
        one = (self.release, measure, frozenset(codes) - self.totals)
        if one not in self.equations.low:
            self.equations.low[one] = 0.0
            self.equations.high[one] = INFINITE
            self.equations.is_whole[one] = self.measures[measure].kind is Kind.PERSONS
        return one

    def read_cells(self) -> None:
        """Take down what is printed."""
        for publication in self.group:
            for table in publication.tables:
                for cell in table.cells:
                    codes = list(zip(table.dimensions, cell.place, strict=True))
                    if rate := publication.known.rates.get(cell.measure):
                        if cell.value is not None:
                            half = 0.5 * 10.0**-rate.decimals
                            above = self.unknown(rate.numerator, codes)
                            below = self.unknown(rate.denominator, codes)
                            for side, low, high in ((-half, 0.0, INFINITE), (half, -INFINITE, 0.0)):
                                pair = [(above, rate.factor), (below, -(cell.value + side))]
                                self.equations.add(pair, low, high)
                    elif cell.is_withheld or cell.value is not None:
                        self._read_figure(publication, table, cell, codes)

    def _read_figure(
        self,
        publication: Publication,
        table: PublishedTable,
        cell: PublishedCell,
        codes: list[tuple[str, str]],
    ) -> None:
        one = self.unknown(cell.measure, codes)
        self.printed.add(one[1:])
        order = tuple(sorted(table.dimensions))
        self.grids[cell.measure, order].add(tuple(dict(codes)[key] for key in order))
        entry = Hidden(publication.source, table.key, table.dimensions, cell.place, cell.measure, one)
        if cell.value is None:
            self.equations.hidden.append(entry)
        elif table.base:
            self.equations.rounded.append(entry)
            self.equations.narrow(one, cell.value - table.base, cell.value + table.base)
        else:
            if cell.value < 0:
                self.equations.low[one] = -INFINITE
            self.equations.narrow(one, cell.value, cell.value)

    def write_rows(self, anywhere: set[Name]) -> None:
        """Write down what ties the figures. `anywhere` are those that some release prints."""
        for (measure, order), places in self.grids.items():
            inner = [key for key in order if self.dimensions[key].total is not None]
            for place in places:
                here = dict(zip(order, place, strict=True))
                for key in inner:
                    self._whole(measure, here, key)
                    self._excess(measure, here, key, inner)
        for measure, frame, keys in self._circles():
            for codes in product(*(self.dimensions[key].codes for key in keys)):
                here = {**dict(frame), **dict(zip(keys, codes, strict=True))}
                for key in keys:
                    self._whole(measure, here, key)
        at: dict[str, list[Where]] = defaultdict(list)
        for measure, where in list(self.printed):
            at[measure].append(where)
            self._over_frames(measure, where, anywhere)
        relations: list[Relation] = []
        for publication in self.group:
            relations += [one for one in publication.known.relations if one not in relations]
        for relation in relations:
            self._relation(relation, at)
        for one in [one for one in self.equations.low if one[0] == self.release]:
            self._other_name(one)

    def _whole(self, measure: str, here: Mapping[str, str], key: str) -> None:
        """A printed total and its parts over one dimension."""
        parts = self.dimensions[key].children.get(here[key])
        if parts:
            whole = self.unknown(measure, here.items())
            pieces = [self.unknown(measure, {**here, key: part}.items()) for part in parts]
            self._parts(self.measures[measure].combine(key), whole, pieces)

    def _parts(self, how: Combine, whole: Unknown, pieces: Sequence[Unknown]) -> None:
        negative = [(piece, -1.0) for piece in pieces]
        if how is Combine.SUM:
            self.equations.add([(whole, 1.0), *negative], 0.0, 0.0)
        elif how is Combine.DISTINCT:
            self.equations.add([(whole, 1.0), *negative], -INFINITE, 0.0)
            for piece in pieces:
                self.equations.add([(whole, 1.0), (piece, -1.0)], 0.0, INFINITE)

    def _excess(self, measure: str, here: Mapping[str, str], key: str, inner: Sequence[str]) -> None:
        """Who stands in several parts of a smaller group stands in several parts of the larger one."""
        parts = self.dimensions[key].children.get(here[key])
        if not parts or self.measures[measure].combine(key) is not Combine.DISTINCT:
            return

        def excess(place: Mapping[str, str], sign: float) -> list[tuple[Unknown, float]]:
            pieces = [(self.unknown(measure, {**place, key: part}.items()), sign) for part in parts]
            return [*pieces, (self.unknown(measure, place.items()), -sign)]

        for other in inner:
            above = self.dimensions[other].parents.get(here[other])
            if other != key and above is not None:
                larger = {**here, other: above}
                self.equations.add([*excess(larger, 1.0), *excess(here, -1.0)], 0.0, INFINITE)

    def _circles(self) -> Iterator[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]]:
        """Three dimensions that tables cross two by two and none crosses all together; in squares, one diagonal more."""
        crossed: dict[tuple[str, tuple[tuple[str, str], ...]], set[frozenset[str]]] = defaultdict(set)
        for (measure, order), places in self.grids.items():
            inner = frozenset(key for key in order if self.dimensions[key].total is not None)
            for place in places:
                frame = tuple(pair for pair in zip(order, place, strict=True) if pair[0] not in inner)
                crossed[measure, frame].add(inner)
        for (measure, frame), tables in sorted(crossed.items(), key=repr):
            edges = {frozenset(pair) for table in tables for pair in combinations(sorted(table), 2)}
            nodes = sorted({key for edge in edges for key in edge})
            for a, b, c, d in (
                (a, b, c, d) for a, c in combinations(nodes, 2) for b, d in combinations(nodes, 2)
            ):
                sides = {frozenset(pair) for pair in ((a, b), (b, c), (c, d), (d, a))}
                if len({a, b, c, d}) == 4 and sides <= edges and frozenset((b, d)) not in edges:
                    edges.add(frozenset((a, c)))
            for keys in combinations(nodes, 3):
                pairs = {frozenset(pair) for pair in combinations(keys, 2)}
                cells = 1
                for key in keys:
                    cells *= len(self.dimensions[key].codes)
                if pairs <= edges and cells <= MOST_CUBE_CELLS and not any(set(keys) <= t for t in tables):
                    yield measure, frame, keys

    def _over_frames(self, measure: str, where: Where, anywhere: set[Name]) -> None:
        """A year and its semesters, seen from any of them. Not by ages: who was six in one may be seven in the other."""
        if self._drifts(where):
            return
        for key, code in where:
            dimension = self.dimensions[key]
            if dimension.total is not None:
                continue
            for whole in {code, dimension.parents.get(code)} & set(dimension.children):
                rest = where - {(key, code)}
                members = [(measure, rest | {(key, one)}) for one in (whole, *dimension.children[whole])]
                if sum(member in anywhere for member in members) > 1:
                    unknowns = [self.unknown(measure, member) for _, member in members]
                    self._parts(self.measures[measure].combine(key), unknowns[0], unknowns[1:])

    def _relation(self, relation: Relation, printed: Mapping[str, Sequence[Where]]) -> None:
        """Measures that hang together, at every place where one of them is printed."""
        always = {measure: frozenset(relation.codes(measure).items()) for measure in relation.terms}
        places = {
            where - codes
            for measure, codes in always.items()
            for where in printed.get(measure, ())
            if where >= codes
        }
        for where in places:
            terms = [
                (self.unknown(measure, where | always[measure]), factor)
                for measure, factor in relation.terms.items()
            ]
            low = -INFINITE if relation.low is None else relation.low
            high = INFINITE if relation.high is None else relation.high
            self.equations.add(terms, low, high)

    def _other_name(self, one: Unknown) -> None:
        """A stock has two names: at the end of a period and at the start of the next, of the year and of its semester."""
        _, measure, where = one
        place = dict(where)
        drifts = not self.drifting.isdisjoint(place)
        for key in [key for key in place if self.dimensions[key].total is None]:
            how = self.measures[measure].combine(key)
            children = self.dimensions[key].children.get(place[key])
            before = self.dimensions[key].before.get(place[key])
            if children and (how is Combine.LAST or (how is Combine.FIRST and not drifts)):
                part = children[-1 if how is Combine.LAST else 0]
                twin = self.unknown(measure, {**place, key: part}.items())
            elif before and not drifts and (stock := self.measures[measure].opens):
                twin = self.unknown(stock, {**place, key: before}.items())
            else:
                continue
            self.equations.add([(one, 1.0), (twin, -1.0)], 0.0, 0.0)
            self._other_name(twin)

    def _drifts(self, where: Where) -> bool:
        """Whether units stand at a place only for a time: an age at the end of a period is none at the start of the next."""
        return not self.drifting.isdisjoint(key for key, _ in where)


def _richer(one: Measure | None, other: Measure) -> Measure:
    """What is known of a measure that two publications describe: one may claim what the other leaves open."""
    if one is None:
        return other
    over = {key: one.combine(key) for key in (*one.over, *other.over)}
    silent = {key: other.combine(key) for key, how in over.items() if how is Combine.NONE}
    return replace(other, over={**over, **silent})


def _tie_releases(equations: Equations, readers: Sequence[_Reader], assume_unchanged: bool) -> None:
    """The same figure in two releases is one figure, unless it was corrected."""
    for number, reader in enumerate(readers):
        others = [*readers[:number][::-1], *readers[number + 1 :]]
        for one in [one for one in equations.low if one[0] == reader.release]:
            name = one[1:]
            if name not in reader.printed and not assume_unchanged:
                continue
            for other in others:
                if name not in other.printed:
                    continue
                mine, theirs = reader.marks.get(name), other.marks.get(name)
                if name not in reader.printed or (mine == theirs if mine and theirs else assume_unchanged):
                    equations.add([(one, 1.0), ((other.release, *name), -1.0)], 0.0, 0.0)
                if name not in reader.printed:
                    break
