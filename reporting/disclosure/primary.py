"""The first rule: which figures may not be shown because too few minors or families stand behind them."""

from collections.abc import Iterable

from reporting.disclosure.cells import Figure, Table, all_cells, figures_behind
from reporting.disclosure.policy import Policy, minors_behind
from reporting.disclosure.scheme import Scheme


def sensitive_figures(known: Scheme, tables: Iterable[Table], policy: Policy) -> set[Figure]:
    """The figures that must be withheld.

    A rate with few minors behind it makes the figure under it sensitive: its numerator, or its denominator where anybody
    can look the numerator up. Where one figure stands in several cells, the smallest counts behind it decide.
    """
    found: set[Figure] = set()
    for table, cell in all_cells(tuple(tables)):
        if cell.value is None:
            continue
        secrets = [
            figure
            for figure in figures_behind(known, table.dimensions, cell)
            if not known.measures[figure.measure].is_public
        ]
        if cell.measure in known.measures:
            minors = minors_behind(cell, known.measures[cell.measure].kind)
        else:
            minors = cell.minors
        if secrets and policy.is_sensitive(minors, cell.families):
            found.add(secrets[0])
    return found
