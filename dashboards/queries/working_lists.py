"""Working lists: rows of single cases, of which a page shows a few at a time, however many there are.

A list may have hundreds of thousands of rows: they are counted and cut by the query, and read whole only for a file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from dashboards.queries.lists import has_mart
from dashboards.queries.reading import Filter, read
from osservatorio.release import Release


@dataclass(frozen=True)
class WorkingList:
    """Rows of a mart in their order, those equal to the filters; a filter that is None does not filter.

    `days` are a column and the first and last day that it may have; `above_zero` is a column that must be.
    Names are written in this room's code; values are bound.
    """

    release: Release
    mart: str
    order_by: str
    filters: tuple[tuple[str, Filter], ...] = ()
    days: tuple[str, date, date] | None = None
    above_zero: str | None = None

    def where(self, **filters: Filter) -> "WorkingList":
        """The rows of the list that are also equal to these filters."""
        return replace(self, filters=(*self.filters, *filters.items()))

    @property
    def is_here(self) -> bool:
        """Whether the release has the list: one of many Ambiti has none, and an early one not all."""
        return has_mart(self.release, self.mart)

    def count(self) -> int:
        return int(self._read("count(*) as rows").rows.iloc[0])

    def rows(self, start: int, many: int) -> pd.DataFrame:
        """So many rows after the first `start`."""
        return self._read("*", f"order by {self.order_by} limit ? offset ?", many, start)

    def whole(self) -> pd.DataFrame:
        """All the rows: for a file, and not kept."""
        where, values = self._bound()
        return self.release.query(
            f"select * from {self.mart} where {where} order by {self.order_by}", list(values)
        )

    def names(self, code: str, name: str) -> dict[str, str]:
        """The codes that a column has in the list and their names, the commonest first."""
        found = self._read(
            f"{code} as code, {name} as name, count(*) as rows", "group by all order by rows desc, code"
        )
        return dict(zip(found.code, found["name"], strict=True))

    def _read(self, what: str, rest: str = "", *values: Any) -> pd.DataFrame:
        where, bound = self._bound()
        return read(self.release, f"select {what} from {self.mart} where {where} {rest}", (*bound, *values))

    def _bound(self) -> tuple[str, tuple[Any, ...]]:
        parts = list(self._conditions())
        return " and ".join(text for text, _ in parts) or "true", tuple(
            value for _, values in parts for value in values
        )

    def _conditions(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield from ((f"{column} = ?", (value,)) for column, value in self.filters if value is not None)
        if self.days:
            column, first, last = self.days
            yield f"{column}::date between ? and ?", (first, last)
        if self.above_zero:
            yield f"coalesce({self.above_zero}, 0) > 0", ()


def rule_findings(release: Release, days: tuple[date, date] | None = None, **filters: Filter) -> WorkingList:
    """What does not follow the rules: duties before what is usual, broken before not assessable, the latest first."""
    return WorkingList(
        release,
        "mart_rule_findings",
        "severity = 'violazione' desc, outcome = 'not_compliant' desc, event_date desc nulls last, "
        "rule_id, codice_ente, record_id",
        tuple(filters.items()),
        ("event_date", *days) if days else None,
    )


def deadlines(release: Release, **filters: Filter) -> WorkingList:
    """What is due and what should have been done, the oldest first."""
    return WorkingList(
        release, "mart_deadlines", "due_date, deadline_name, codice_ente, record_id", tuple(filters.items())
    )


def mismatches(release: Release, **filters: Filter) -> WorkingList:
    """The contributions that the formula does not explain, the largest differences first."""
    return WorkingList(
        release,
        "mart_cost_sharing_mismatches",
        "abs(coalesce(difference, 0)) desc, month desc, codice_ente, record_id",
        tuple(filters.items()),
    )


def of_record(release: Release, mart: str, body: str, record: str) -> pd.DataFrame:
    """The rows that a list has of one record of a body, a few at most."""
    return read(
        release,
        f"select * from {mart} where codice_ente = ? and record_id = ? order by all limit 20",
        (body, record),
    )


def meetings(
    release: Release, days: tuple[date, date], *, only_to_do: bool = False, **filters: Filter
) -> WorkingList:
    """The meetings one by one, the latest first; `only_to_do` keeps those with decisions not carried out."""
    return WorkingList(
        release,
        "mart_meetings",
        "meeting_date desc, codice_ente, record_id",
        tuple(filters.items()),
        ("meeting_date", *days),
        "decisions_open" if only_to_do else None,
    )
