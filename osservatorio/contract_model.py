"""What a data contract holds: extracts, their columns, references and row rules."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

DUCKDB_TYPES = {
    "id": "VARCHAR",
    "istat": "VARCHAR",
    "cf": "VARCHAR",
    "code": "VARCHAR",
    "codes": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "month": "DATE",
    "year": "INTEGER",
    "flag": "BOOLEAN",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
}


@dataclass(frozen=True)
class Reference:
    """The key column that a column refers to; `same_body`: the parent has the same `codice_ente`."""

    extract: str
    column: str
    same_body: bool


@dataclass(frozen=True)
class Column:
    """A column of an extract. `label` and `description` are Italian; bounds are those of numbers."""

    name: str
    kind: str
    required: bool
    secret: bool
    label: str
    description: str
    code_list: str | None = None
    reference: Reference | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive_minimum: bool = False
    max_length: int | None = None
    pattern: str | None = None

    @property
    def duckdb_type(self) -> str:
        """The type of the column in the landing."""
        return DUCKDB_TYPES[self.kind]

    @property
    def pseudonym_domain(self) -> str | None:
        """The name of the identifier that a secret column holds (None when not secret)."""
        if not self.secret:
            return None
        return self.reference.column if self.reference else self.name


@dataclass(frozen=True)
class RowRule:
    """A rule over one row: bad where `invalid_when` is true.

    `message` (Italian) says what is wrong and, after the colon, what to do; `expected` is a clause. `parent`
    names the reference column whose parent record is aliased `parent` in the SQL.
    """

    id: str
    column: str
    invalid_when: str
    message: str
    expected: str
    columns: tuple[str, ...]
    parent: str | None = None


@dataclass(frozen=True)
class Contract:
    """One extract: `title`, `description` and `grain` (what a row is) are Italian."""

    extract: str
    title: str
    description: str
    grain: str
    version: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError when the extract has none."""
        return self._by_name[name]

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that refer to another extract."""
        return tuple(column for column in self.columns if column.reference)
