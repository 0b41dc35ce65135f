"""Exports that are about a year want one that is over, and that the release knows from its first day."""

from collections.abc import Iterable

from osservatorio.errors import UserError
from osservatorio.italian import join_words
from osservatorio.periods import Period
from osservatorio.release import Release
from reporting.queries import Record


def require_whole_year(
    release: Release, period: Period, years: Iterable[Record], *, made: str, partial: str
) -> None:
    """Raises UserError unless the period is one of the years, over and covered.

    `years` has a row for each year of the release (`year`, `is_complete`, `is_covered`); `made` and `partial` say what is
    made of whole years, and what would be partial («i dati aperti si fanno», «i dati sarebbero parziali»).
    """
    by_year = {row["year"]: row for row in years}
    ready = [str(year) for year, row in by_year.items() if row["is_complete"] and row["is_covered"]]
    choose = f"scegli fra {join_words(ready)}" if ready else "nessun anno è ancora completo"
    row = by_year.get(period.start.year)
    if row is None:
        raise UserError(f"L'anno {period.code} non è nella pubblicazione «{release.id}»: {choose}.")
    if not row["is_complete"]:
        raise UserError(
            f"L'anno {period.code} non è concluso alla data di riferimento della pubblicazione «{release.id}»: {made} di "
            f"anni conclusi; {choose}."
        )
    if not row["is_covered"]:
        raise UserError(
            f"Dell'anno {period.code} la pubblicazione «{release.id}» conosce solo le prese in carico durate oltre: "
            f"{partial}; {choose}."
        )
