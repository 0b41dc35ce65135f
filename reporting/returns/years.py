"""The year that a return is about: one that is over, and that the release covers."""

from osservatorio.errors import UserError
from osservatorio.italian import join_words
from osservatorio.periods import YEAR, Period, parse_period
from osservatorio.release import Release
from reporting import returns_queries
from reporting.governance_queries import require_marts


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
    years = {row["year"]: row for row in returns_queries.years(release)}
    ready = [str(year) for year, row in years.items() if row["is_complete"] and row["is_covered"]]
    choose = f"scegli fra {join_words(ready)}" if ready else "nessun anno è ancora completo"
    row = years.get(period.start.year)
    if row is None:
        raise UserError(f"L'anno {period.code} non è nella pubblicazione «{release.id}»: {choose}.")
    if not row["is_complete"]:
        raise UserError(
            f"L'anno {period.code} non è concluso alla data di riferimento della pubblicazione «{release.id}»: le "
            f"rilevazioni si fanno di anni conclusi; {choose}."
        )
    if not row["is_covered"]:
        raise UserError(
            f"Dell'anno {period.code} la pubblicazione «{release.id}» conosce solo le prese in carico durate oltre: la "
            f"rilevazione sarebbe parziale; {choose}."
        )
