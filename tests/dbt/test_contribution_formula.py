"""The contribution formula, as a release has it, against the regulation worked out in exact fractions.

Arts. 14 c. 5, 24 c. 2, 36 c. 3 and 47 c. 4 and 6. The function is made from the macro that models use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CENT = Decimal("0.01")
QUOTAS = """
    select contribution_quota($prestazione, isee, $isee_iniziale, $isee_finale, $quota_minima,
        $contribuzione_massima, $ordine_figlio)
    from (select unnest($isee::decimal(18, 4)[]) as isee, unnest(range(len($isee))) as place)
    order by place"""


@dataclass(frozen=True)
class Terms:
    prestazione: str
    isee_iniziale: Decimal
    isee_finale: Decimal
    quota_minima: Decimal
    contribuzione_massima: Decimal
    ordine_figlio: int


def half_up(amount: Fraction) -> Decimal:
    """The nearest cent of an exact amount of 0 or more; a half goes up."""
    return Decimal(floor(amount * 100 + Fraction(1, 2))).scaleb(-2)


def exact(terms: Terms, isee: Decimal | None) -> Fraction:
    """The quota before rounding, for a first child."""
    initial, final = Fraction(terms.isee_iniziale), Fraction(terms.isee_finale)
    highest = Fraction(terms.contribuzione_massima)
    lowest = Fraction(terms.quota_minima) if terms.prestazione in ("affido", "struttura") else Fraction(0)
    if isee is None or Fraction(isee) >= final:
        return highest
    if Fraction(isee) < initial:
        return Fraction(0)
    return lowest + (Fraction(isee) - initial) * (highest - lowest) / (final - initial)


def expected(terms: Terms, isee: Decimal | None) -> Decimal:
    reduced = terms.prestazione == "struttura" and terms.ordine_figlio > 1
    return half_up(exact(terms, isee) * (Fraction(3, 4) if reduced else 1))


@pytest.fixture(scope="module")
def con(empty_build) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(empty_build.release), read_only=True) as con:
        yield con


def quotas(con: duckdb.DuckDBPyConnection, terms: Terms, isee: Sequence[Decimal | None]) -> list[Decimal]:
    values = dict(zip(Terms.__dataclass_fields__, astuple(terms), strict=True))
    return [quota for (quota,) in con.execute(QUOTAS, {**values, "isee": list(isee)}).fetchall()]


def amounts(highest: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.integers(0, highest * 10**places).map(lambda units: Decimal(units).scaleb(-places))


@st.composite
def terms(
    draw: st.DrawFn, services: Sequence[str] = ("incontri_protetti", "adm", "affido", "struttura")
) -> Terms:
    service = draw(st.sampled_from(services))
    initial = draw(amounts(20_000))
    lowest = draw(amounts(50, 4)) if service in ("affido", "struttura") else Decimal(0)
    return Terms(
        service,
        initial,
        initial + draw(st.sampled_from([Decimal("0.0001"), CENT])) + draw(amounts(40_000)),
        lowest,
        lowest + draw(amounts(300, 4)),
        draw(st.integers(1, 15)),
    )


def isees(given_terms: Terms) -> st.SearchStrategy[list[Decimal]]:
    """Anywhere, in between, and at the very thresholds."""
    initial, final = given_terms.isee_iniziale, given_terms.isee_finale
    width = int((final - initial) * 10_000)
    between = st.integers(0, width).map(lambda units: initial + Decimal(units).scaleb(-4))
    edges = st.sampled_from([initial, final, max(initial - CENT, Decimal(0)), final - Decimal("0.0001")])
    return st.lists(st.one_of(amounts(90_000), between, edges), min_size=2, max_size=40)


@settings(deadline=None, max_examples=150)
@given(data=st.data(), agreed=terms())
def test_it_is_the_regulation_to_the_cent(con, data, agreed):
    isee = [*data.draw(isees(agreed)), None]
    assert quotas(con, agreed, isee) == [expected(agreed, value) for value in isee]


@settings(deadline=None, max_examples=60)
@given(data=st.data(), agreed=terms())
def test_who_has_more_never_pays_less(con, data, agreed):
    found = quotas(con, agreed, sorted(data.draw(isees(agreed))))
    assert found == sorted(found)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), agreed=terms())
def test_nothing_under_the_first_threshold_and_the_maximum_from_the_last(con, data, agreed):
    under = [value for value in data.draw(isees(agreed)) if value < agreed.isee_iniziale]
    over = [agreed.isee_finale + value for value in data.draw(st.lists(amounts(50_000), max_size=10))]
    assert set(quotas(con, agreed, under)) <= {Decimal(0)}
    highest = quotas(con, agreed, [agreed.isee_finale, None, *over])
    assert set(highest) == {expected(agreed, None)}


@settings(deadline=None, max_examples=60)
@given(data=st.data(), agreed=terms())
def test_no_jump_between_the_thresholds(con, data, agreed):
    """Two ISEE apart by some euro differ by no more than the slope of the line, and one cent of rounding."""
    initial, final = agreed.isee_iniziale, agreed.isee_finale
    points = sorted(value for value in data.draw(isees(agreed)) if initial <= value < final)
    found = quotas(con, agreed, [*points, final])
    slope = Fraction(agreed.contribuzione_massima) / (Fraction(final) - Fraction(initial))
    for (left, low), (right, high) in zip(
        zip(points, found, strict=False), zip([*points, final][1:], found[1:], strict=True), strict=True
    ):
        assert Fraction(high - low) <= slope * (Fraction(right) - Fraction(left)) + Fraction(1, 100)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), agreed=terms(services=["struttura"]))
def test_a_further_child_pays_three_quarters_half_up(con, data, agreed):
    isee = data.draw(isees(agreed))
    first = Terms(*astuple(agreed)[:5], 1)
    further = Terms(*astuple(agreed)[:5], agreed.ordine_figlio + 1)
    reduced = quotas(con, further, isee)
    assert reduced == [half_up(exact(agreed, value) * Fraction(3, 4)) for value in isee]
    # One rounding, not two: three quarters of the rounded quota are at most a cent off.
    for full, part in zip(quotas(con, first, isee), reduced, strict=True):
        assert abs((full * Decimal("0.75")).quantize(CENT, ROUND_HALF_UP) - part) <= CENT


@pytest.mark.parametrize("prestazione", ["incontri_protetti", "adm", "affido"])
def test_only_placements_are_reduced(con, prestazione):
    agreed = [Terms(prestazione, Decimal(6000), Decimal(26000), Decimal(0), Decimal(10), n) for n in (1, 2)]
    assert [quotas(con, one, [Decimal(16000)]) for one in agreed] == [[Decimal("5.00")]] * 2


def test_halves_go_up_where_binary_fractions_would_not(con):
    """1.005 and 2.675 have no exact binary form, and lie under the half there."""
    for highest, rounded in (("1.005", "1.01"), ("2.675", "2.68"), ("0.0050", "0.01"), ("0.0049", "0.00")):
        agreed = Terms("affido", Decimal(0), Decimal(1), Decimal(0), Decimal(highest), 1)
        assert quotas(con, agreed, [None]) == [Decimal(rounded)]


def test_the_largest_amounts_of_a_contract_fit(con):
    most = Decimal("99999999999999.9999")
    agreed = Terms("affido", Decimal(0), most, Decimal("0.0001"), most, 1)
    isee = [most, most - Decimal("0.0001"), Decimal("50000000000000.0001")]
    assert quotas(con, agreed, isee) == [expected(agreed, value) for value in isee]
    due = con.execute("select contribution_due($most, $most)", {"most": most}).fetchone()
    assert due == (half_up(Fraction(most) * Fraction(most)),)


@pytest.mark.parametrize("isee", [None, Decimal(5000)])
def test_without_a_tariff_there_is_no_quota(con, isee):
    sql = "select contribution_quota('affido', $isee, null, null, null, null, 1)"
    assert con.execute(sql, {"isee": isee}).fetchone() == (None,)


@pytest.mark.parametrize(
    ("quota", "quantity", "due"),
    [("0.35", "0.10", "0.04"), ("1.15", "2.5", "2.88"), ("7.13", "31", "221.03")],
)
def test_what_is_due_is_rounded_half_up(con, quota, quantity, due):
    sql = "select contribution_due($quota, $quantity)"
    found = con.execute(sql, {"quota": Decimal(quota), "quantity": Decimal(quantity)}).fetchone()
    assert found == (Decimal(due),)
