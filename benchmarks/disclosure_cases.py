"""The tables that `disclosure.py` measures: random ones of the Ambito's size, and a year's pack from a release."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from random import Random

from osservatorio.release import Release
from reporting.disclosure.cells import Cell, ProtectedSet, Table
from reporting.disclosure.scheme import Combine, Dimension, Measure, Rate, Relation, Scheme, flat, scheme

TOWNS, SERVICES = 10, 8
KEYS = ("comune", "servizio", "eta")
AMBITO, ALL_SERVICES, ALL = "AMBITO", "TUTTI", "TUTTE"
STOCKS = ("open_at_start", "open_at_end")
FLOWS = (*STOCKS, "opened", "closed")
HEADS = ("minors_in_period", "minors_at_end")
PROFILES = {"age_band": "eta", "sex": "sesso", "citizenship": "cittadinanza"}


def random_tables(seed: int, bands: int, cases: int, *, whole_cube: bool = False) -> ProtectedSet:
    """Cases by town, service and age band, as three joint tables of two dimensions or as one of three.

    Towns, services and bands differ much in size; one case in four is of the same family as the one before.
    """
    random = Random(seed)
    dimensions = (
        flat(KEYS[0], AMBITO, [f"c{n}" for n in range(TOWNS)]),
        flat(KEYS[1], ALL_SERVICES, [f"s{n}" for n in range(SERVICES)]),
        flat(KEYS[2], ALL, [f"e{n}" for n in range(bands)]),
    )
    weights = [[random.uniform(1, 10) ** 1.5 for _ in d.parents] for d in dimensions]
    places = [
        tuple(random.choices(list(d.parents), w)[0] for d, w in zip(dimensions, weights, strict=True))
        for _ in range(cases)
    ]
    families = [0]
    for one, other in zip(places[1:], places, strict=False):
        is_brother = random.random() < 0.25 and one[0] == other[0]
        families.append(families[-1] + (not is_brother))
    known = scheme(dimensions, [Measure("casi")])
    shapes = [(0, 1, 2)] if whole_cube else list(combinations(range(3), 2))
    return ProtectedSet(known, tuple(_counted(dimensions, shape, places, families) for shape in shapes))


def _counted(
    dimensions: Sequence[Dimension],
    shape: Sequence[int],
    places: Sequence[tuple[str, ...]],
    families: Sequence[int],
) -> Table:
    dims = [dimensions[number] for number in shape]
    counts: dict[tuple[str, ...], int] = dict.fromkeys(product(*(d.codes for d in dims)), 0)
    known_families: dict[tuple[str, ...], set[int]] = {place: set() for place in counts}
    for place, family in zip(places, families, strict=True):
        for wider in product(*((place[number], dimensions[number].total or "") for number in shape)):
            counts[wider] += 1
            known_families[wider].add(family)
    cells = [Cell(place, "casi", n, n, len(known_families[place])) for place, n in counts.items()]
    return Table("-".join(d.key for d in dims), tuple(d.key for d in dims), tuple(cells))


def year_pack(release: Release, year: int) -> ProtectedSet:
    """What the mayors get of the caseload of a year, in tables of two dimensions.

    Minors of the year and at its end, cases at the start, opened, closed and at the end by town and service, with the
    rate on residents; minors by town and age, sex and citizenship, and by service and age.
    """
    rows = release.rows(
        """select municipality_code, service_code, open_at_start, opened, closed, open_at_end, minors_at_end,
            minors_in_period, resident_minors, minors_per_1000
        from mart_caseload_by_municipality where period_type = 'year' and period = ?""",
        [str(year)],
    )
    profiles = release.rows(
        """select dimension, municipality_code, service_code, category, minors_at_end, minors_in_period
        from mart_caseload_profile where period_type = 'year' and period = ?""",
        [str(year)],
    )
    towns = sorted({row[0] for row in rows} - {AMBITO})
    services = sorted({row[1] for row in rows} - {ALL_SERVICES})
    categories = {name: sorted({row[3] for row in profiles if row[0] == name}) for name in PROFILES}
    known = _scheme(year, towns, services, categories)
    names = (*STOCKS[:1], "opened", "closed", *STOCKS[1:], "minors_at_end", "minors_in_period", "residents")
    counts = {(row[0], row[1]): dict(zip(names, row[2:9], strict=True)) for row in rows}
    rates = {(row[0], row[1]): row[9] for row in rows if row[1] == ALL_SERVICES}
    tables = [_caseload(known, year, counts, rates)]
    values = {
        tuple(row[:4]): dict(zip(("minors_at_end", "minors_in_period"), row[4:], strict=True))
        for row in profiles
    }
    for profile, key in PROFILES.items():
        by_town = {
            (place[1], place[3]): v
            for place, v in values.items()
            if place[0] == profile and place[2] == ALL_SERVICES
        }
        tables.append(_profile(known, year, "comune", key, by_town, counts, (AMBITO, ALL_SERVICES)))
    by_service = {(p[2], p[3]): v for p, v in values.items() if p[0] == "age_band" and p[1] == AMBITO}
    tables.append(_profile(known, year, "servizio", "eta", by_service, counts, (AMBITO, ALL_SERVICES)))
    return ProtectedSet(known, tuple(tables))


def _scheme(
    year: int, towns: Sequence[str], services: Sequence[str], categories: Mapping[str, Sequence[str]]
) -> Scheme:
    years = range(year - 5, year + 2)
    period = Dimension("anno", {}, None, {str(one): str(one - 1) for one in years})
    heads = [
        Measure(name, over={"comune": Combine.DISTINCT, "servizio": Combine.DISTINCT, "anno": Combine.NONE})
        for name in HEADS
    ]
    measures = [
        *heads,
        Measure("open_at_start", opens="open_at_end"),
        *(Measure(name) for name in ("opened", "closed", "open_at_end")),
        Measure("residents", is_public=True),
    ]
    relations = [
        Relation({"open_at_start": 1, "opened": 1, "closed": -1, "open_at_end": -1}),
        Relation({"minors_in_period": 1, "minors_at_end": -1}, 0, None),
        Relation({"open_at_end": 1, "minors_at_end": -1}, 0, None),
    ]
    return scheme(
        [
            period,
            flat("comune", AMBITO, towns),
            flat("servizio", ALL_SERVICES, services),
            *(flat(PROFILES[name], ALL, codes) for name, codes in categories.items()),
        ],
        measures,
        relations,
        [Rate("rate", "minors_at_end", "residents", 1000, 6)],
    )


def _caseload(
    known: Scheme,
    year: int,
    counts: Mapping[tuple[str, str], Mapping[str, int]],
    rates: Mapping[tuple[str, str], float | None],
) -> Table:
    cells: list[Cell] = []
    for place in product(known.dimensions["comune"].codes, known.dimensions["servizio"].codes):
        given = counts.get(place, {})
        for name in (*HEADS, *FLOWS):
            cells.append(Cell((str(year), *place), name, int(given.get(name) or 0)))
        if place in rates and given.get("residents"):
            at = (str(year), *place)
            cells.append(Cell(at, "residents", int(given["residents"])))
            rate = None if rates[place] is None else round(float(rates[place] or 0), 6)
            cells.append(Cell(at, "rate", rate, int(given.get("minors_at_end") or 0)))
    return Table("casi", ("anno", "comune", "servizio"), tuple(cells))


def _profile(
    known: Scheme,
    year: int,
    key: str,
    other: str,
    values: Mapping[tuple[str, str], Mapping[str, int]],
    counts: Mapping[tuple[str, str], Mapping[str, int]],
    whole: tuple[str, str],
) -> Table:
    def total(code: str) -> Mapping[str, int]:
        return counts.get((code, whole[1]) if key == "comune" else (whole[0], code), {})

    def cells() -> Iterator[Cell]:
        for code, part in product(known.dimensions[key].codes, known.dimensions[other].codes):
            given = total(code) if part == ALL else values.get((code, part), {})
            for name in HEADS:
                yield Cell((str(year), code, part), name, int(given.get(name) or 0))

    return Table(f"{key}-{other}", ("anno", key, other), tuple(cells()))
