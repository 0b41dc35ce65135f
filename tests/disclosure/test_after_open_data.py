"""Tables with holes that leave when open data of the same figures have left: what was rounded asks for no more than it must."""

import random

import pytest
from rounding_cases import ALL, POLICY, SECRET, registered, rounding, suppressed, tables_of

from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import ProtectedSet
from reporting.disclosure.protect import Protected, protect

SIZES = (4, 5)
BOTH, TOWNS, SERVICES = ((0, 1),), ((0,),), ((1,),)


def after_open_data(seed: int) -> tuple[Protected, int]:
    """Totals of towns leave, then the cube rounded, then services; one town has nobody. Also the cells left rounded."""
    draw = random.Random(seed)
    people = [(draw.randrange(3), min(4, int(draw.expovariate(0.7)))) for _ in range(90)]
    towns, both, services = (tables_of(SIZES, people, shapes) for shapes in (TOWNS, BOTH, SERVICES))
    first = suppressed(towns)
    second = rounding(both, registered(first)).export
    entries = registered(first, second)
    done = protect(
        ProtectedSet(services.known, services.tables),
        release="r1",
        export="governance",
        policy=POLICY,
        secret=SECRET,
        entries=entries,
    )
    assert audit_ledger(registered(first, second, done.export), POLICY, exact=True).breaches == ()
    return done, sum(cell.width > 0 for cell in second.tables[0].cells)


@pytest.mark.parametrize("seed", range(6))
def test_rounded_figures_known_to_be_nobody_are_not_lost(seed: int):
    """The cells of a town without anybody left with the width of any small figure: they are no secret, nor given away."""
    done, with_width = after_open_data(seed)
    assert with_width > 0
    assert done.suppression.lost == ()
    assert done.tries == 1
    assert not any("non si può più proteggere" in note for note in done.notes)
    shown = {cell.place[0] for table in done.tables for cell in table.cells if not cell.is_withheld}
    assert ALL in shown
