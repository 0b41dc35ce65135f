"""What one release knows of its figures: indicators, columns, keys, services; and rows of it by their codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from osservatorio.release import Release

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """A figure: its mart, its column, and the codes that single out its row, as texts."""

    mart: str
    column: str
    key: dict[str, str]


@dataclass(frozen=True)
class Words:
    """What a release says of a column: its Italian label, its definition and how its values are written."""

    name: str
    label: str
    definition: str
    format: str


@dataclass(frozen=True)
class Catalogue:
    """What a release knows: indicators, columns and keys of its marts, services, the codes of totals."""

    release: Release

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """The rows of the seed `indicators` by code."""
        return {row["indicator_code"]: row for row in self.rows("seeds", "indicators", {})}

    @cached_property
    def columns(self) -> dict[str, dict[str, Words]]:
        """By mart, then by name."""
        found: dict[str, dict[str, Words]] = {}
        for row in self.rows("seeds", "mart_columns", {}):
            words = Words(row["column_name"], row["label"], row["definition"], row["format"])
            found.setdefault(row["mart"], {})[row["column_name"]] = words
        return found

    def words(self, mart: str, name: str) -> Words:
        """What is said of a column; of one that nothing describes, its name."""
        return self.columns.get(mart, {}).get(name) or Words(name, name, "", "testo")

    @cached_property
    def services(self) -> dict[str, str]:
        """Codes and names, the total first."""
        lists = self.rows("seeds", "code_lists", {"code_list": "total_service"})
        rows = self.release.rows("select service_code, name from seeds.services order by sort_order")
        return {row["code"]: row["label"] for row in lists} | dict(rows)

    @cached_property
    def totals(self) -> set[str]:
        """The codes of total rows: AMBITO, TUTTI, TUTTE."""
        sql = "select distinct code from seeds.code_lists where code_list like 'total!_%' escape '!'"
        return {code for (code,) in self.release.rows(sql)}

    def key(self, mart: str) -> list[str]:
        """The columns that single out a row, without words that stand beside a code."""
        names = self.release.manifest.get("keys", {}).get(mart, [])
        return [name for name in names if name.removesuffix("_name") not in {*names} - {name}]

    def rows(self, schema: str, table: str, where: Mapping[str, str]) -> list[Row]:
        """Rows whose columns, as texts, equal the values. Names come from the code or from the release's own lists."""
        names = [
            name
            for (name,) in self.release.rows(
                "select column_name from information_schema.columns where table_catalog = current_database() "
                "and table_schema = $schema and table_name = $table order by ordinal_position",
                {"schema": schema, "table": table},
            )
        ]
        if not names or not where.keys() <= {*names}:
            return []
        conditions = [f"{quoted(name)}::varchar = ${number}" for number, name in enumerate(where, 1)]
        sql = f"select * from {quoted(schema)}.{quoted(table)}" + (
            f" where {' and '.join(conditions)}" if conditions else ""
        )
        found = self.release.rows(sql, list(where.values()))
        return [dict(zip(names, values, strict=True)) for values in found]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
