"""The year that a return is about: one that is over, and that the release covers."""

from osservatorio.errors import UserError
from osservatorio.periods import YEAR, Period, parse_period
from osservatorio.release import Release
from reporting import returns_queries
from reporting.governance_queries import require_marts
from reporting.whole_years import require_whole_year


def year_of(text: str) -> Period:
    """A year as people type it. Raises UserError for any other period."""
    try:
        period = parse_period(text)
    except UserError:
        period = None
    if period is None or period.type != YEAR:
        raise UserError(f"Le rilevazioni si fanno per anno: «{text}» non lo è, scrivi per esempio 2022.")
    return period


def require_year(release: Release, period: Period, marts: tuple[str, ...]) -> None:
    """Raises UserError unless the release has these marts and the whole of the year."""
    require_marts(release, marts)
    require_whole_year(
        release,
        period,
        returns_queries.years(release),
        made="le rilevazioni si fanno",
        partial="la rilevazione sarebbe parziale",
    )
