"""What the dataset checks look at, and the words they share.

Every query starts from `meta.deliveries` (`{batch}`) and returns one row per thing found, with counts, names of
files and codes of bodies: never a value of a delivered record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from expectations import vocabulary
from expectations.checks import DATASET_SUITE, Check, Finding, Severity
from expectations.sql import literal, unexpected_rows_query
from expectations.thresholds import Thresholds
from osservatorio.contracts import Contract
from osservatorio.italian import join_words
from osservatorio.periods import parse_period
from osservatorio.reference import municipalities


@dataclass(frozen=True)
class Scope:
    """`as_of` is the day that figures refer to: later extractions are not looked at."""

    as_of: date
    contracts: Mapping[str, Contract]
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def as_of_sql(self) -> str:
        return literal(self.as_of)

    def title(self, extract: str) -> str:
        """The Italian title of an extract."""
        contract = self.contracts.get(extract)
        return contract.title if contract else extract


DELIVERIES = "with deliveries as (select * from {batch}), landed as (select * from deliveries where outcome = 'landed')"


def dataset_check(
    name: str,
    severity: Severity,
    *,
    title: str,
    message: str,
    what_to_do: str,
    query: str,
    explain: Callable[[dict[str, Any]], Finding],
) -> Check:
    """A check that fails when its query returns rows; `explain` says each row in Italian."""
    return Check(
        id=f"{DATASET_SUITE}.{name}",
        suite=DATASET_SUITE,
        severity=severity,
        title=title,
        message=message,
        what_to_do=what_to_do,
        expectation=vocabulary.NoRows(unexpected_rows_query=unexpected_rows_query(query)),
        explain=explain,
    )


def body_name(codes: str | None) -> str:
    """«Seveso», or «Meda e Seveso» for a file with the rows of two bodies."""
    if not codes:
        return "ente non indicato"
    known = municipalities()
    return join_words([known[c].name if c in known else c for c in codes.split(",")])


def semester_number(column: str) -> str:
    """SQL: the semesters counted one by one, so that the next is one more."""
    return f"(year({column}) * 2 + cast(month({column}) > 6 as integer))"


def semester_label(number: int) -> str:
    """«primo semestre 2022» of a semester number."""
    return parse_period(f"{number // 2}-S{number % 2 + 1}").label
