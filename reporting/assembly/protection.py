"""The Assembly's pack as a protected report."""

from collections.abc import Sequence

from osservatorio.periods import Period
from reporting.assembly.context import AssemblyContext
from reporting.assembly.derived import derived_figures
from reporting.assembly.gathering import gather
from reporting.assembly.indicators import indicator_rows
from reporting.context import Context
from reporting.protected.open_marts import OpenMart
from reporting.protected.protection import Protection


def _periods(context: Context) -> Sequence[Period]:
    """The year of the report and the one before it."""
    return [period for period in (context.before, context.period) if period]


# What was delivered, and the checks of it: nobody stands behind.
ASSEMBLY = Protection(
    _periods,
    gather,
    derived_figures,
    indicator_rows,
    (OpenMart("mart_data_quality"),),
    AssemblyContext,
)
