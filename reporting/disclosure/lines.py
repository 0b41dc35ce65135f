"""What ties figures together: the lines (equalities and inequalities) that every reader of the tables can write down.

A line says low <= sum of coefficient x figure <= high. Over a dimension where units stand in one part, the parts add up
to the total. Where a unit may stand in several parts and counts once, no part exceeds the total, the total does not
exceed the sum, and the excess of the parts over their total never grows from a whole to one of its parts (who is counted
twice there is counted twice in the whole). A figure that nobody published may stand in a line: it is unknown to all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from reporting.disclosure.cells import Code, Figure, canonical, drifts
from reporting.disclosure.cubes import hidden_cubes, widest
from reporting.disclosure.scheme import Combine, Dimension, Relation, Scheme

Frame = tuple[Code, ...]
Terms = list[tuple[Figure, float]]


@dataclass(frozen=True)
class Line:
    """low <= sum of coefficient x figure <= high; None where there is no bound. `about` says what it comes from."""

    terms: tuple[tuple[Figure, float], ...]
    low: float | None
    high: float | None
    about: str = ""


class Part(StrEnum):
    """Lines by how often they matter: those that tables are made of, and those that seldom add to them."""

    CORE = "core"  # the tables as they are printed
    CUBES = "cubes"  # the cubes that nobody prints


@dataclass(frozen=True)
class Layout:
    """How figures of a measure stand in a table: its dimensions with a total, and the codes of its frames."""

    measure: str
    dimensions: frozenset[str]
    frame: Frame


def layout_of(known: Scheme, dimensions: Iterable[str], figure: Figure) -> Layout:
    """The layout of a figure in a table with these dimensions."""
    return Layout(figure.measure, frozenset(dimensions) - known.frames, frame_of(known, figure))


def frame_of(known: Scheme, figure: Figure) -> Frame:
    """The part of a figure's place that is never a total: its period."""
    return tuple(pair for pair in figure.at if pair[0] in known.frames)


def lines_of(known: Scheme, layouts: Iterable[Layout], published: Iterable[Figure], part: Part) -> list[Line]:
    """The lines of one part among figures laid out so, each once."""
    found: dict[tuple[object, ...], Line] = {}
    if part is Part.CORE:
        lines = _core_lines(known, set(layouts), set(published))
    else:
        lines = _cube_lines(known, set(layouts))
    for line in lines:
        if line.terms:
            found.setdefault((line.terms, line.low, line.high), line)
    return list(found.values())


def _core_lines(known: Scheme, layouts: set[Layout], published: set[Figure]) -> Iterator[Line]:
    for measure, frame, shapes in _tables(layouts):
        for shape in widest(shapes):
            yield from _lines_of_a_table(known, measure, frame, shape)
            yield from _excess_lines(known, measure, frame, shape)
    yield from _lines_over_frames(known, published)
    names: dict[Figure, Figure] = {}
    for relation in known.relations:
        yield from _lines_of_measures(known, relation, published, names)


def _cube_lines(known: Scheme, layouts: set[Layout]) -> Iterator[Line]:
    for measure, frame, shapes in _tables(layouts):
        for shape in hidden_cubes(known, shapes):
            yield from _lines_of_a_table(known, measure, frame, shape)


def _tables(layouts: set[Layout]) -> Iterator[tuple[str, Frame, list[frozenset[str]]]]:
    """For each measure and frame, the sets of dimensions that its tables have."""
    together: dict[tuple[str, Frame], list[frozenset[str]]] = {}
    for layout in sorted(layouts, key=lambda one: (one.measure, one.frame, sorted(one.dimensions))):
        together.setdefault((layout.measure, layout.frame), []).append(layout.dimensions)
    for (measure, frame), shapes in together.items():
        yield measure, frame, shapes


def _lines_of_a_table(known: Scheme, measure: str, frame: Frame, shape: frozenset[str]) -> Iterator[Line]:
    for _, dimension, how, whole, parts in _wholes(known, measure, frame, shape):
        yield from _whole_and_parts(how, whole, parts, f"{measure}: {dimension.key}")


def _excess_lines(known: Scheme, measure: str, frame: Frame, shape: frozenset[str]) -> Iterator[Line]:
    """Where units may stand in several parts: the excess of the parts over a whole, and over a whole one step up."""
    wholes = {
        (tuple(sorted(here.items())), dimension.key): (whole, parts)
        for here, dimension, how, whole, parts in _wholes(known, measure, frame, shape)
        if how is Combine.DISTINCT
    }
    for (place, key), (whole, parts) in wholes.items():
        here = dict(place)
        for name in sorted(shape - {key}):
            above = known.dimensions[name].parents.get(here[name])
            if above is not None:
                wider, its_parts = wholes[tuple(sorted({**here, name: above}.items())), key]
                excess = _add(((part, 1.0) for part in parts), [(whole, -1.0)])
                terms = _add(excess, ((part, -1.0) for part in its_parts), [(wider, 1.0)])
                yield _line(terms, None, 0.0, f"{measure}: {key}, {name}")


def _wholes(
    known: Scheme, measure: str, frame: Frame, shape: frozenset[str]
) -> Iterator[tuple[dict[str, str], Dimension, Combine, Figure, list[Figure]]]:
    """Every place of a table that has parts over a dimension: place, dimension, how, the whole and its parts."""
    dimensions = [known.dimensions[name] for name in sorted(shape)]
    figures = {
        codes: canonical(
            known,
            Figure(
                measure,
                tuple(
                    sorted(
                        [
                            *(
                                (d.key, code)
                                for d, code in zip(dimensions, codes, strict=True)
                                if code != d.total
                            ),
                            *frame,
                        ]
                    )
                ),
            ),
        )
        for codes in product(*(dimension.codes for dimension in dimensions))
    }
    for codes, whole in figures.items():
        here = {dimension.key: code for dimension, code in zip(dimensions, codes, strict=True)}
        for number, dimension in enumerate(dimensions):
            parts = [
                figures[(*codes[:number], part, *codes[number + 1 :])]
                for part in dimension.children.get(codes[number], ())
            ]
            if parts:
                yield here, dimension, known.measures[measure].combine(dimension.key), whole, parts


def _whole_and_parts(how: Combine, whole: Figure, parts: list[Figure], about: str) -> Iterator[Line]:
    gap = _add([(whole, 1.0)], ((part, -1.0) for part in parts))
    if how is Combine.SUM:
        yield _line(gap, 0.0, 0.0, about)
    elif how is Combine.DISTINCT:
        yield _line(gap, None, 0.0, about)
        for part in parts:
            yield _line(_add([(part, 1.0)], [(whole, -1.0)]), None, 0.0, about)


def _lines_over_frames(known: Scheme, published: set[Figure]) -> Iterator[Line]:
    """A year and its semesters, where at least two of them were published; not by ages, which change in between."""
    lasting = {figure for figure in published if not drifts(known, figure)}
    for key in sorted(known.frames):
        dimension = known.dimensions[key]
        wholes = {figure for figure in lasting if figure.code(key) in dimension.children}
        wholes |= {
            figure.moved(key, dimension.parents[code])
            for figure in lasting
            if (code := figure.code(key)) in dimension.parents
        }
        for whole in sorted(wholes):
            how = known.measures[whole.measure].combine(key)
            if how not in (Combine.SUM, Combine.DISTINCT):
                continue
            parts = [
                canonical(known, whole.moved(key, part)) for part in dimension.children[whole.code(key) or ""]
            ]
            if len({whole, *parts} & published) > 1:
                yield from _whole_and_parts(how, whole, parts, f"{whole.measure}: {key}")


def _lines_of_measures(
    known: Scheme, relation: Relation, published: set[Figure], names: dict[Figure, Figure]
) -> Iterator[Line]:
    """Measures tied at every place where at least two of them were published.

    A stock may stand under the name of a neighbouring period, so these are tried at every place too.
    `names` keeps the one name of each figure met.
    """
    concerned = {*relation.terms} | {known.measures[name].opens for name in relation.terms}
    codes = {name: tuple(relation.codes(name).items()) for name in relation.terms}
    frames: dict[Frame, set[Frame]] = {}
    places: set[tuple[Frame, Frame]] = set()
    for figure in published:
        mine = codes.get(figure.measure, ())
        if figure.measure in concerned and {*mine} <= {*figure.at}:
            frame = frame_of(known, figure)
            if frame not in frames:
                frames[frame] = _frames_nearby(known, frame)
            place = tuple(pair for pair in figure.at if pair[0] not in known.frames and pair not in mine)
            places |= {(one, place) for one in frames[frame]}
    for frame, place in sorted(places):
        terms = []
        for name, factor in relation.terms.items():
            figure = Figure(name, tuple(sorted([*place, *frame, *codes[name]])))
            if figure not in names:
                names[figure] = canonical(known, figure)
            terms.append((names[figure], factor))
        if len({figure for figure, _ in terms} & published) > 1:
            yield _line(_add(terms), relation.low, relation.high, ", ".join(relation.terms))


def _frames_nearby(known: Scheme, frame: Frame) -> set[Frame]:
    """A frame, those above it and those after it: where a figure of it may stand under another name."""
    found = {frame}
    for key, code in frame:
        dimension = known.dimensions[key]
        after = next((one for one, before in dimension.before.items() if before == code), None)
        steps = {step for step in (dimension.parents.get(code), after) if step is not None}
        steps |= {dimension.parents[step] for step in steps if step in dimension.parents}
        found |= {tuple((k, step if k == key else c) for k, c in frame) for step in steps}
    return found


def _add(*parts: Iterable[tuple[Figure, float]]) -> Terms:
    total: dict[Figure, float] = {}
    for part in parts:
        for figure, factor in part:
            total[figure] = total.get(figure, 0.0) + factor
    return [(figure, factor) for figure, factor in total.items() if factor]


def _line(terms: Terms, low: float | None, high: float | None, about: str) -> Line:
    return Line(tuple(sorted(terms)), low, high, about)
