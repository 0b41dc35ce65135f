"""Periods, places and figures as the page of definitions has them, worked out one cell at a time."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

import pandas as pd
from delivered_records import Delivered

from osservatorio.reference import municipalities

AMBITO = "AMBITO"
PLACES = (*municipalities(), AMBITO)
DAY = pd.Timedelta(days=1)
Cells = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Period:
    kind: str
    name: str
    start: pd.Timestamp
    end: pd.Timestamp


def periods_from(first: pd.Timestamp, as_of: pd.Timestamp, kinds: Sequence[str]) -> Iterator[Period]:
    """The periods from the year of the first day to that of the reference date."""
    for year in range(first.year, as_of.year + 1):
        for kind, months in (("month", 1), ("semester", 6), ("year", 12)):
            for number in range(12 // months if kind in kinds else 0):
                start = pd.Timestamp(year, number * months + 1, 1)
                end = start + pd.DateOffset(months=months) - DAY
                name = {"month": f"{start:%Y-%m}", "semester": f"{year}-S{number + 1}", "year": str(year)}
                yield Period(kind, name[kind], start, end)


def covered_from(delivered: Delivered) -> pd.Timestamp:
    return pd.Timestamp(delivered.spells["data_chiusura"].min().year, 1, 1)


def of_place(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    return rows if place == AMBITO else rows[rows["town"] == place]


def open_after(start: pd.Series, end: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Open at the end of the day."""
    return (start <= day) & (end.isna() | (end > day))


def months_after(day: pd.Timestamp, months: int) -> pd.Timestamp:
    return day + pd.DateOffset(months=months)


def is_of_age(birth: pd.Timestamp | None, day: pd.Timestamp) -> bool:
    """18 on the birthday; on 1 March for who was born on 29 February, where there is none."""
    if birth is None or pd.isna(birth):
        return False
    year = birth.year + 18
    if (birth.month, birth.day) == (2, 29) and year % 4:
        return day >= pd.Timestamp(year, 3, 1)
    return day >= pd.Timestamp(year, birth.month, birth.day)


def share(part: float, whole: float, per: int = 1) -> float | None:
    return None if not whole else part * per / whole


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """The two roots p of (successes/trials - p)^2 = z^2 p (1 - p) / trials."""
    if not trials:
        return None, None
    z = 1.959963984540054
    a, b, c = trials + z * z, -(2 * successes + z * z), successes * successes / trials
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))


def middle(values: pd.Series, quantile: float = 0.5) -> float | None:
    return None if values.empty else float(values.quantile(quantile))


def kaplan_meier_days(lengths: list[tuple[int, bool]], left: Fraction) -> int | None:
    """The first length by which the share `left` has ended; of each length, whether it ended at it. Exact."""
    surviving, everyone = Fraction(1), sorted(days for days, _ in lengths)
    ends = Counter(days for days, ended in lengths if ended)
    for days, ended in sorted(ends.items()):
        at_risk = len(everyone) - bisect_left(everyone, days)
        surviving *= Fraction(at_risk - ended, at_risk)
        if surviving <= 1 - left:
            return days
    return None
