"""Small tables for the tests of disclosure control: inner cells written by hand, every total worked out from them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.cells import Cell, Number, ProtectedSet, PublishedTable, Table
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import Protected, protect
from reporting.disclosure.scheme import Dimension, Measure, Scheme, flat, scheme

SECRET = b"un segreto soltanto per le prove"
MINORS = Measure("minori")
THREE = Policy(threshold=3)
FIVE = Policy(threshold=5)
TOWNS = flat("comune", "AMBITO", ("Barlassina", "Cesano", "Desio"))
SERVICES = flat("servizio", "TUTTI", ("adm", "affido", "incontri"))
AGES = flat("eta", "TUTTE", ("0-5", "6-11", "12-17"))
Place = tuple[str, ...]


def known_of(*dimensions: Dimension, measures: Sequence[Measure] = (MINORS,), **more) -> Scheme:
    return scheme(dimensions, measures, **more)


def table(
    known: Scheme,
    key: str,
    dimensions: Sequence[str],
    inner: Mapping[Place | str, Number],
    *,
    measure: str = "minori",
    families: Mapping[Place | str, int] | None = None,
    minors: Mapping[Place | str, int] | None = None,
) -> Table:
    """A table whose totals are the sums of its inner cells; inner cells that are not given are 0."""
    values = _summed(known, dimensions, inner)
    behind = [
        _summed(known, dimensions, counts) if counts is not None else {} for counts in (minors, families)
    ]
    cells = [
        Cell(place, measure, value, *(counts.get(place) for counts in behind))
        for place, value in values.items()
    ]
    return Table(key, tuple(dimensions), tuple(cells))


def _summed(
    known: Scheme, dimensions: Sequence[str], inner: Mapping[Place | str, Number]
) -> dict[Place, Number]:
    given = {(place,) if isinstance(place, str) else place: value for place, value in inner.items()}
    values: dict[Place, Number] = defaultdict(int)
    for place in product(*(_leaves(known.dimensions[key], given, n) for n, key in enumerate(dimensions))):
        for wider in product(
            *(_upwards(known.dimensions[key], code) for key, code in zip(dimensions, place, strict=True))
        ):
            values[wider] += given.get(place, 0)
    return dict(values)


def _leaves(dimension: Dimension, given: Iterable[Place], number: int) -> list[str]:
    if dimension.total is None:
        return list(dict.fromkeys(place[number] for place in given))
    return [code for code in dimension.codes if code not in dimension.children]


def _upwards(dimension: Dimension, code: str) -> list[str]:
    codes = [code]
    while dimension.total is not None and codes[-1] in dimension.parents:
        codes.append(dimension.parents[codes[-1]])
    return codes


def rows(known: Scheme, key: str, dimensions: Sequence[str], *lines: Sequence[Number], **more) -> Table:
    """A table of two dimensions from its lines, in the order of the codes."""
    one, other = (
        [c for c in known.dimensions[d].codes if c not in known.dimensions[d].children] for d in dimensions
    )
    inner = {(one[r], other[c]): value for r, line in enumerate(lines) for c, value in enumerate(line)}
    return table(known, key, dimensions, inner, **more)


def guard(given: ProtectedSet, policy: Policy = FIVE, **more) -> Protected:
    """Protect without a home."""
    options = {"release": "r1", "export": "prova", "secret": SECRET, **more}
    return protect(given, policy=policy, **options)


def shown(published: PublishedTable, measure: str = "minori") -> dict[Place, Number | None]:
    """What a reader sees: a value, or None for a withheld cell."""
    return {cell.place: cell.value for cell in published.cells if cell.measure == measure}


def withheld(published: PublishedTable) -> set[Place]:
    return {cell.place for cell in published.cells if cell.is_withheld}


def printed(given: Table, hidden: Iterable[Place], key: str | None = None) -> PublishedTable:
    """A table with exactly these cells withheld, however unsafe."""
    from reporting.disclosure.cells import PublishedCell

    hidden = set(hidden)
    cells = [
        PublishedCell(c.place, c.measure, None if c.place in hidden else c.value, c.place in hidden)
        for c in given.cells
    ]
    return PublishedTable(key or given.key, given.dimensions, tuple(cells))


def uncovered(published: PublishedTable, given: Table, places: Iterable[Place]) -> PublishedTable:
    """The published table with some of its withheld cells shown."""
    true = {(cell.place, cell.measure): cell.value for cell in given.cells}
    places = set(places)
    return replace(
        published,
        cells=tuple(
            replace(c, value=true[c.place, c.measure], is_withheld=False) if c.place in places else c
            for c in published.cells
        ),
    )


def leaving(
    known: Scheme, *tables: PublishedTable, source: str = "prova", release: str = "r1"
) -> Publication:
    return Publication(source, release, known, tables)
