"""Level one of the governance pack as a protected report."""

from reporting.governance.context import GovernanceContext
from reporting.governance.derived import derived_figures, indicator_rows
from reporting.governance.gathering import gather, periods_of
from reporting.protected.open_marts import OpenMart
from reporting.protected.protection import Protection

# Hours of the staff and meetings are about nobody, but for how many cases a meeting looked at.
GOVERNANCE = Protection(
    periods_of,
    gather,
    derived_figures,
    indicator_rows,
    (
        OpenMart("mart_contract_hours"),
        OpenMart("mart_meetings", ("cases_examined", "participants")),
        OpenMart("mart_governance", ("cases_examined",)),
    ),
    GovernanceContext,
)
