"""What everybody knows of the tables: hierarchies, how a total is made of its parts, how measures hang together.

A scheme holds no figure. It is the description that a reader of the published tables has (or can guess), so both the
protection and the attacker start from it; each makes its own equations of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any


class Combine(StrEnum):
    """How the figure of a whole is made of those of its parts, over one dimension."""

    SUM = "somma"  # every unit stands in one part
    DISTINCT = "distinti"  # a unit may stand in several parts and counts once: max <= total <= sum
    LAST = "ultimo"  # a stock: that of a year is that of its last semester
    FIRST = "primo"  # an opening stock: that of a year is that of its first semester
    NONE = "nessuno"  # the parts say nothing about the whole


class Kind(StrEnum):
    """What a figure counts."""

    PERSONS = "persone"  # persons or their cases: integer, and a small number is itself the secret
    AMOUNT = "quantità"  # acts, hours, euro: the secret is roughly how much


@dataclass(frozen=True)
class Dimension:
    """A way to divide the figures. `parents` gives the code above each code, roots have none.

    `total` is the code of the root that stands for everything: a figure there is the same figure in any table without
    this dimension. A dimension without it is a frame (the periods): its codes are never left out of a figure's name.
    `before` gives, for a frame, the code that comes just before another. `drifts` says that units pass from one code to
    another as time goes by, as minors do from age to age: figures of different periods are then not of the same units,
    and only those of one moment are one figure.
    """

    key: str
    parents: Mapping[str, str]
    total: str | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    drifts: bool = False

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code, parents before their parts."""
        roots = [self.total] if self.total else []
        known = [*roots, *self.parents.values(), *self.parents, *self.before.values(), *self.before]
        place = {code: number for number, code in enumerate(dict.fromkeys(known))}
        return tuple(sorted(place, key=lambda code: (self._depth(code), place[code])))

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The parts of each code that has some."""
        parts: dict[str, list[str]] = {}
        for code, parent in self.parents.items():
            parts.setdefault(parent, []).append(code)
        return {parent: tuple(codes) for parent, codes in parts.items()}

    def _depth(self, code: str) -> int:
        depth = 0
        while code in self.parents:
            code = self.parents[code]
            depth += 1
            if depth > len(self.parents):
                raise ValueError(f"the hierarchy of {self.key} goes round in a circle")
        return depth


def flat(key: str, total: str, codes: Sequence[str], *, drifts: bool = False) -> Dimension:
    """A dimension of one level: codes and their total."""
    return Dimension(key, dict.fromkeys(codes, total), total, drifts=drifts)


@dataclass(frozen=True)
class Measure:
    """A figure's meaning. `over` says how it combines over each dimension, `otherwise` over those not named.

    `opens` names the closing stock that this opening stock continues: what stood at the end of the period before.
    `is_public` marks what anybody can look up (resident minors, the budget): never withheld, and known to the attacker.
    """

    key: str
    kind: Kind = Kind.PERSONS
    over: Mapping[str, Combine] = field(default_factory=dict)
    otherwise: Combine = Combine.SUM
    opens: str | None = None
    is_public: bool = False

    def combine(self, dimension: str) -> Combine:
        return self.over.get(dimension, self.otherwise)

    @cached_property
    def is_stock(self) -> bool:
        """Whether it is of one moment, so that a figure of it may have several names."""
        return bool(self.opens) or not {*self.over.values(), self.otherwise}.isdisjoint(
            (Combine.LAST, Combine.FIRST)
        )


@dataclass(frozen=True)
class Relation:
    """Measures of the same place hang together: low <= sum of coefficient x measure <= high (None: no bound).

    `at` says at which codes, beside those of the place, a measure is taken: complaints are as many as the checks of the
    rule on complaints.
    """

    terms: Mapping[str, float]
    low: float | None = 0.0
    high: float | None = 0.0
    at: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def codes(self, measure: str) -> dict[str, str]:
        """The codes, by dimension, at which a measure is taken wherever the relation holds."""
        return dict(self.at.get(measure, {}))


@dataclass(frozen=True)
class Rate:
    """A printed figure worked out from two others: value = factor x numerator / denominator, to so many decimals.

    Who knows two of the three knows the third, so a rate is withheld with either of them.
    """

    key: str
    numerator: str
    denominator: str
    factor: float = 1.0
    decimals: int = 9


@dataclass(frozen=True)
class Scheme:
    """Dimensions, measures, relations and rates, by their keys."""

    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    relations: tuple[Relation, ...] = ()
    rates: Mapping[str, Rate] = field(default_factory=dict)

    @cached_property
    def frames(self) -> frozenset[str]:
        """The dimensions without a total."""
        return frozenset(key for key, dimension in self.dimensions.items() if dimension.total is None)

    @cached_property
    def drifting(self) -> frozenset[str]:
        """The dimensions whose codes units pass through as time goes by."""
        return frozenset(key for key, dimension in self.dimensions.items() if dimension.drifts)


def scheme(
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
    relations: Sequence[Relation] = (),
    rates: Sequence[Rate] = (),
) -> Scheme:
    """A scheme from its parts. Raises ValueError for a relation or a rate of measures that are not there."""
    known = {measure.key: measure for measure in measures}
    for name in _names(relations, rates, measures):
        if name not in known:
            raise ValueError(f"the scheme has no measure {name}")
    return Scheme(
        {dimension.key: dimension for dimension in dimensions},
        known,
        tuple(relations),
        {rate.key: rate for rate in rates},
    )


def _names(
    relations: Sequence[Relation], rates: Sequence[Rate], measures: Sequence[Measure]
) -> Iterator[str]:
    for relation in relations:
        yield from relation.terms
    for rate in rates:
        yield rate.numerator
        yield rate.denominator
    for measure in measures:
        if measure.opens:
            yield measure.opens


def scheme_as_json(known: Scheme) -> dict[str, Any]:
    """The scheme as plain values, for the ledger and for the description beside exported tables."""
    return {
        "dimensions": [
            {
                "key": d.key,
                "parents": dict(d.parents),
                "total": d.total,
                "before": dict(d.before),
                "drifts": d.drifts,
            }
            for d in known.dimensions.values()
        ],
        "measures": [
            {
                "key": m.key,
                "kind": m.kind.value,
                "over": {dimension: how.value for dimension, how in m.over.items()},
                "otherwise": m.otherwise.value,
                "opens": m.opens,
                "is_public": m.is_public,
            }
            for m in known.measures.values()
        ],
        "relations": [_relation_as_json(relation) for relation in known.relations],
        "rates": [
            {
                "key": r.key,
                "numerator": r.numerator,
                "denominator": r.denominator,
                "factor": r.factor,
                "decimals": r.decimals,
            }
            for r in known.rates.values()
        ],
    }


def _relation_as_json(relation: Relation) -> dict[str, Any]:
    """A relation of one place has no codes to tell: its description is that of before there were others."""
    content: dict[str, Any] = {"terms": dict(relation.terms), "low": relation.low, "high": relation.high}
    if relation.at:
        content["at"] = {name: dict(codes) for name, codes in relation.at.items()}
    return content


def scheme_from_json(content: Mapping[str, Any]) -> Scheme:
    """The scheme that `scheme_as_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return scheme(
        [
            Dimension(d["key"], dict(d["parents"]), d["total"], dict(d["before"]), bool(d.get("drifts")))
            for d in content["dimensions"]
        ],
        [
            Measure(
                m["key"],
                Kind(m["kind"]),
                {dimension: Combine(how) for dimension, how in m["over"].items()},
                Combine(m["otherwise"]),
                m["opens"],
                bool(m["is_public"]),
            )
            for m in content["measures"]
        ],
        [
            Relation(
                dict(r["terms"]),
                r["low"],
                r["high"],
                {name: dict(at) for name, at in r.get("at", {}).items()},
            )
            for r in content["relations"]
        ],
        [
            Rate(r["key"], r["numerator"], r["denominator"], r["factor"], r["decimals"])
            for r in content["rates"]
        ],
    )


def merged(first: Scheme, second: Scheme) -> Scheme:
    """What somebody knows who knows both. Raises ValueError where they contradict each other."""
    dimensions = dict(first.dimensions)
    for key, other in second.dimensions.items():
        mine = dimensions.get(key)
        if mine is None:
            dimensions[key] = other
            continue
        clash = {c for c in {*mine.parents} & {*other.parents} if mine.parents[c] != other.parents[c]}
        if clash or mine.total != other.total:
            raise ValueError(f"the hierarchy of {key} differs: {sorted(clash)}")
        dimensions[key] = Dimension(
            key,
            {**mine.parents, **other.parents},
            mine.total,
            {**mine.before, **other.before},
            mine.drifts or other.drifts,
        )
    measures = dict(first.measures)
    for key, other in second.measures.items():
        measures[key] = _of_both(measures.get(key, other), other)
    relations = dict.fromkeys(map(_frozen, (*first.relations, *second.relations)))
    return Scheme(
        dimensions,
        measures,
        tuple(
            Relation(dict(terms), low, high, {name: dict(codes) for name, codes in at})
            for terms, low, high, at in relations
        ),
        {**first.rates, **second.rates},
    )


def _of_both(one: Measure, other: Measure) -> Measure:
    """A measure of which one scheme may say less: how it combines over a dimension where the other makes no claim.

    Raises ValueError where they contradict each other.
    """
    if one == other:
        return one
    over = {}
    for dimension in {**one.over, **other.over}:
        claims = {one.combine(dimension), other.combine(dimension)} - {Combine.NONE}
        if len(claims) > 1:
            raise ValueError(f"the measure {one.key} differs over {dimension}")
        over[dimension] = claims.pop() if claims else Combine.NONE
    together = replace(one, over=over)
    if together != replace(other, over=over):
        raise ValueError(f"the measure {one.key} differs")
    return together


def _frozen(relation: Relation) -> tuple[Any, ...]:
    at = tuple(sorted((name, tuple(sorted(codes.items()))) for name, codes in relation.at.items()))
    return tuple(sorted(relation.terms.items())), relation.low, relation.high, at
