"""Reporting periods: months (2022-06), semesters (2022-S1) and years (2022)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from osservatorio.errors import UserError
from osservatorio.italian import MONTHS

MONTH, SEMESTER, YEAR = "month", "semester", "year"


@dataclass(frozen=True)
class Period:
    """A period with its first and last day, both included."""

    type: str
    code: str
    start: date
    end: date

    @property
    def label(self) -> str:
        """«giugno 2022», «primo semestre 2022», «anno 2022»."""
        if self.type == MONTH:
            return f"{MONTHS[self.start.month - 1]} {self.start.year}"
        if self.type == SEMESTER:
            return f"{'primo' if self.start.month == 1 else 'secondo'} semestre {self.start.year}"
        return f"anno {self.start.year}"

    @property
    def year_before(self) -> "Period":
        """The same period of the year before."""
        return parse_period(f"{self.start.year - 1:04d}{self.code[4:]}")


def _period(kind: str, code: str, year: int, first_month: int, months: int) -> Period:
    start = date(year, first_month, 1)
    last = first_month + months
    after = date(year + (last - 1) // 12, (last - 1) % 12 + 1, 1)
    return Period(kind, code, start, after - timedelta(days=1))


def period_at(period_type: str, day: date) -> Period:
    """The month, semester or year that a day is in."""
    if period_type == MONTH:
        return parse_period(f"{day:%Y-%m}")
    if period_type == SEMESTER:
        return parse_period(f"{day.year}-S{1 if day.month <= 6 else 2}")
    return parse_period(f"{day.year}")


def parse_period(text: str) -> Period:
    """Read a period code. Raises UserError for anything else."""
    code = text.strip().upper()
    if match := re.fullmatch(r"(\d{4})-S([12])", code):
        if 1900 <= int(match[1]) < 9999:
            return _period(SEMESTER, code, int(match[1]), 1 if match[2] == "1" else 7, 6)
    elif match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", code):
        if 1900 <= int(match[1]) < 9999:
            return _period(MONTH, code, int(match[1]), int(match[2]), 1)
    elif re.fullmatch(r"\d{4}", code) and 1900 <= int(code) < 9999:
        return _period(YEAR, code, int(code), 1, 12)
    raise UserError(
        f"Il periodo «{text}» non è riconosciuto: scrivi un semestre come 2022-S1, "
        "un mese come 2022-06 o un anno come 2022."
    )
