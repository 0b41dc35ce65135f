"""A release with nothing in it but what may be read as it is: the lists, what is nobody's, and the indicators that rest on
shown figures.

The recipe of a protected report is given this in place of the release, so that it cannot reach an exact count of persons:
the tables that hold them are not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from osservatorio.database import connect
from osservatorio.release import Release
from reporting.queries import AMBITO

COUNTS = ("checked", "compliant", "not_compliant", "not_assessable", "not_applicable", "compliance_rate")
# Every row says which rule was checked; counts are those of the rules on whole periods (hours, meetings) alone.
_RULES = """
    select rules.* replace ({counts}) from mart_rule_compliance as rules
    left join seeds.rules as listed using (rule_id)
    where rules.municipality_code = $ambito
""".format(
    counts=", ".join(f"case when listed.period_kind <> 'record' then {name} end as {name}" for name in COUNTS)
)
_INDICATORS = """
    select told.* from mart_indicators as told
    where list_contains($keys, [indicator_code, period, municipality_code, service_code])
"""


@dataclass(frozen=True)
class OpenMart:
    """A mart that is about nobody, but for the columns that are `closed`: they come over empty."""

    name: str
    closed: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """All rows, without what the closed columns hold."""
        nothing = ", ".join(f"null as {column}" for column in self.closed)
        return f"select *{f' replace ({nothing})' if nothing else ''} from {self.name}"


def _without_counts(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest without how many rows each file and model has: a file may be about a handful of persons."""
    deliveries = [{"delivery_id": delivery["delivery_id"]} for delivery in manifest["deliveries"]]
    return {**manifest, "deliveries": deliveries, "row_counts": {}}


class OpenRelease(Release):
    """What may be read as it is of a release, in memory; nothing leads back to the release."""

    def __init__(
        self, source: Release, marts: Sequence[OpenMart], indicators: Sequence[tuple[str, ...]] = ()
    ) -> None:
        self.path = source.path.with_name(f"{source.path.stem}.aperta")
        self.manifest = _without_counts(source.manifest)
        self._connection = connect(None)
        self._copy(source, marts, [list(key) for key in indicators])

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor()

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest["as_of"])

    def _copy(self, source: Release, marts: Sequence[OpenMart], indicators: list[list[str]]) -> None:
        self._connection.execute("create schema seeds")
        seeds = source.rows(
            "select table_name from information_schema.tables where table_schema = 'seeds' order by 1"
        )
        for (name,) in seeds:
            self._take(source, f"seeds.{name}", f"select * from seeds.{name}")
        for mart in marts:
            self._take(source, mart.name, mart.query)
        self._take(source, "mart_rule_compliance", _RULES, {"ambito": AMBITO})
        self._take(source, "mart_indicators", _INDICATORS, {"keys": indicators})

    def _take(self, source: Release, name: str, query: str, bound: dict[str, Any] | None = None) -> None:
        with source.cursor() as cursor:
            rows = cursor.sql(query, params=bound).to_arrow_table()
        self._connection.register("taken", rows)
        self._connection.execute(f"create table {name} as select * from taken")
        self._connection.unregister("taken")
