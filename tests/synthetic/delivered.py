"""What an office worker would find in the files: read again from the bytes, apart from the generator's own code."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineWorkbook

from osservatorio.contracts import Column, Contract, load_contracts
from osservatorio.reference import code_list


class Delivered:
    """The rows of a folder: `text_<extract>` as written, `<extract>` typed, `current_<extract>` last versions."""

    def __init__(self, folder: Path) -> None:
        self.con = duckdb.connect()
        for extract, contract in load_contracts().items():
            files = [_table(path) for path in sorted(folder.glob(f"{extract}__*"))]
            names = [column.name for column in contract.columns]
            selected = ", ".join(f"nullif({name}, '') as {name}" for name in names)
            everything = pa.concat_tables(
                [pa.schema([(n, pa.string()) for n in names]).empty_table(), *files],
                promote_options="default",
            )
            self.con.register("delivered", everything)
            self.con.execute(f"create table text_{extract} as select {selected} from delivered")
            self.con.unregister("delivered")
            typed = ", ".join(f"{typed_value(c)} as {c.name}" for c in contract.columns)
            self.con.execute(f"create table {extract} as select {typed} from text_{extract}")
            self.con.execute(
                f"create view current_{extract} as select * from {extract} qualify row_number() over"
                f" (partition by {', '.join(contract.key)} order by data_estrazione desc) = 1"
            )

    def rows(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()

    def value(self, query: str):
        return self.rows(query)[0][0]

    def count(self, extract: str) -> int:
        return self.value(f"select count(*) from {extract}")

    def bad_rows(self, contract: Contract) -> list[tuple]:
        """Rows that the contract would not accept, each with what is wrong first."""
        self.con.execute("set variable loading_date = date '2200-01-01'")
        parents = "".join(
            f" left join (select distinct codice_ente, {c.reference.column} as parent_key from current_{c.reference.extract})"
            f" as p{n} on p{n}.parent_key = r.{c.name}"
            + (f" and p{n}.codice_ente = r.codice_ente" if c.reference.same_body else "")
            for n, c in enumerate(contract.references)
        )
        wrong = [
            check
            for column in contract.columns
            for check in column_checks(
                column, contract.references.index(column) if column.reference else None
            )
        ]
        for rule in contract.rules:
            if rule.parent is None:
                names = sorted(rule.columns, key=len, reverse=True)
                sql = rule.invalid_when.replace("$loading_date", "getvariable('loading_date')")
                for name in names:
                    sql = _qualify(sql, name)
                wrong.append((rule.id, sql))
        cases = " ".join(f"when {sql} then '{name}'" for name, sql in wrong)
        return self.rows(
            f"select * from (select case {cases} end as wrong, t.*"
            f" from (select *, row_number() over () as n from text_{contract.extract}) as t"
            f" inner join (select *, row_number() over () as n from {contract.extract}) as r using (n){parents})"
            " where wrong is not null"
        )


def _qualify(sql: str, name: str) -> str:
    return re.sub(rf"(?<![\w.]){name}\b", f"r.{name}", sql)


def column_checks(column: Column, parent: int | None) -> Iterator[tuple[str, str]]:
    """What makes a value of the column bad: name and SQL over `t` (text) and `r` (typed)."""
    text, value = f"t.{column.name}", f"r.{column.name}"
    if column.required:
        yield f"{column.name} missing", f"{text} is null"
    yield f"{column.name} unreadable", f"{text} is not null and {value} is null"
    if parent is not None:
        yield f"{column.name} unknown", f"{value} is not null and p{parent}.parent_key is null"
    if column.code_list and column.kind in ("code", "istat"):
        codes = ", ".join(f"'{code}'" for code in code_list(column.code_list))
        yield f"{column.name} not in list", f"{value} not in ({codes})"
    if column.code_list and column.kind == "codes":
        codes = ", ".join(f"'{code}'" for code in code_list(column.code_list))
        yield f"{column.name} not in list", f"not list_has_all([{codes}], string_split({value}, '|'))"
    if column.minimum is not None and column.kind != "year":
        yield (
            f"{column.name} too low",
            f"{value} {'<=' if column.exclusive_minimum else '<'} {column.minimum}",
        )
    if column.maximum is not None and column.kind != "year":
        yield f"{column.name} too high", f"{value} > {column.maximum}"
    if column.max_length:
        yield f"{column.name} too long", f"len({value}) > {column.max_length}"


def typed_value(column: Column) -> str:
    """SQL of the value that a text stands for; null when it stands for none."""
    name = column.name
    match column.kind:
        case "date":
            return f"cast(try_strptime({name}, ['%d/%m/%Y', '%d-%m-%Y', '%Y-%m-%d']) as date)"
        case "month":
            return f"cast(try_strptime({name}, ['%m/%Y', '%Y-%m']) as date)"
        case "flag":
            return f"case when {name} in ('S', 'SI', 'sì') then true when {name} in ('N', 'NO', 'no') then false end"
        case "decimal":
            plain = f"replace(replace({name}, '.', ''), ',', '.')"
            return f"try_cast(case when contains({name}, ',') then {plain} else {name} end as decimal(18, 4))"
        case "year":
            return f"case when regexp_full_match({name}, '\\d{{4}}') then cast({name} as integer) end"
        case "int":
            return f"try_cast({name} as bigint)"
        case "istat":
            return f"case when regexp_full_match({name}, '\\d{{6}}') then {name} end"
        case "cf":
            return f"case when {control_letter(name)} = right({name}, 1) then {name} end"
        case "id":
            return f"case when regexp_full_match({name}, '[A-Za-z0-9._/-]{{1,40}}') then {name} end"
    return name


ODD = "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"


def control_letter(name: str) -> str:
    """SQL of the control letter of a codice fiscale (D.M. 23/12/1976); null when the text has not its form."""
    odd = "[" + ODD.replace(" ", ", ") + "]"
    place = f"strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr({name}, i, 1))"
    even = f"case when {place} > 10 then {place} - 11 else {place} - 1 end"
    total = f"list_sum([case when i % 2 = 1 then {odd}[{place}] else {even} end for i in range(1, 16)])"
    form = r"[A-Z]{6}\d{2}[ABCDEHLMPRST][0-7]\d[A-Z]\d\d[\dLMNPQRSTUV][A-Z]"
    return f"case when regexp_full_match({name}, '{form}') then chr(cast(65 + {total} % 26 as integer)) end"


def _table(path: Path) -> pa.Table:
    names, rows = read_table(path)
    return pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names)


def read_file(path: Path) -> list[dict[str, str | None]]:
    """The rows of a delivered file by normalised header, as text; empty cells are None."""
    names, rows = read_table(path)
    return [dict(zip(names, (cell or None for cell in row), strict=True)) for row in rows]


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Normalised headers and cells as text."""
    header, *rows = _read_xlsx(path) if path.suffix == ".xlsx" else _read_csv(path)
    return [name.lower().replace(" ", "_") for name in header], rows


def decoded(path: Path) -> tuple[str, str]:
    """The text of a CSV file and its encoding."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig"), "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252"), "cp1252"


def _read_csv(path: Path) -> list[list[str]]:
    text, _ = decoded(path)
    separator = ";" if ";" in text.split("\n", 1)[0] else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _read_xlsx(path: Path) -> list[list[str]]:
    return [
        [_cell(value) for value in row]
        for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    ]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
