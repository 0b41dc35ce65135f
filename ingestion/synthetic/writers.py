"""Files as the offices send them: one per extract, sender and semester."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import xlsxwriter

from ingestion.synthetic.model import SENDER
from ingestion.synthetic.senders import Manner, Sender, all_senders
from osservatorio.contracts import Column, Contract, load_contracts

# A larger table is exported as CSV, as by a real office.
XLSX_ROWS = 2_000
OPTIONAL_COMMON = ("comune_riferimento", "stato_record")


@dataclass(frozen=True)
class Delivery:
    """One file to write: `rows` rows of `contract` from `sender`, extracted on `day`, without `left_out`."""

    contract: Contract
    sender: Sender
    day: date
    rows: int
    left_out: frozenset[str]

    @property
    def file_format(self) -> str:
        return "csv" if self.rows > XLSX_ROWS else self.sender.manner.file_format

    @property
    def file_name(self) -> str:
        return f"{self.contract.extract}__{self.sender.name}__{self.day.isoformat()}.{self.file_format}"

    @property
    def columns(self) -> list[Column]:
        return [column for column in self.contract.columns if column.name not in self.left_out]


def plan_deliveries(con: duckdb.DuckDBPyConnection) -> list[Delivery]:
    """The files that the tables make, by extract, sender and day."""
    senders = all_senders()
    planned = []
    for contract in load_contracts().values():
        filled = ", ".join(f"sum(count({name})) over (partition by {SENDER}) > 0" for name in OPTIONAL_COMMON)
        rows = con.execute(
            f"select {SENDER}, data_estrazione, count(*), {filled} from deliver_{contract.extract}"
            f" group by {SENDER}, data_estrazione order by {SENDER}, data_estrazione"
        ).fetchall()
        for name, day, count, *in_use in rows:
            sender = senders[name]
            empty = {column for column, used in zip(OPTIONAL_COMMON, in_use, strict=True) if not used}
            planned.append(Delivery(contract, sender, day, count, sender.manner.left_out | empty))
    return planned


def write_deliveries(
    con: duckdb.DuckDBPyConnection, deliveries: list[Delivery], folder: Path, advance: Callable[[], None]
) -> None:
    """Write the files into `folder`, calling `advance` after each."""
    for delivery in deliveries:
        path = folder / delivery.file_name
        if delivery.file_format == "xlsx":
            _write_xlsx(con, delivery, path)
        else:
            _write_csv(con, delivery, path)
        advance()


def header(name: str, manner: Manner) -> str:
    """The column's name as the office writes it; it normalises back to the contract's."""
    if manner.header == "upper":
        return name.upper()
    if manner.header == "title":
        return name.replace("_", " ").title()
    return name


def _rows_of(delivery: Delivery, selected: str) -> str:
    keys = ", ".join(delivery.contract.key)
    return (
        f"select {selected} from deliver_{delivery.contract.extract}"
        f" where {SENDER} = '{delivery.sender.name}' and data_estrazione = date '{delivery.day.isoformat()}'"
        f" order by {keys}"
    )


def _write_csv(con: duckdb.DuckDBPyConnection, delivery: Delivery, path: Path) -> None:
    manner = delivery.sender.manner
    selected = ", ".join(
        f"case when spoiled_column = '{column.name}' then spoiled_value else {_as_text(column, manner)} end"
        f' as "{header(column.name, manner)}"'
        for column in delivery.columns
    )
    target = str(path).replace("'", "''")
    con.execute(
        f"copy ({_rows_of(delivery, selected)}) to '{target}'"
        f" (format csv, header true, delimiter '{manner.separator}', quote '\"', escape '\"')"
    )
    if manner.encoding != "utf-8" or manner.line_end != "\n":
        _recode(path, manner)


def _as_text(column: Column, manner: Manner) -> str:
    """SQL of the value as the office writes it."""
    name = column.name
    if column.kind == "date":
        return f"strftime({name}, '{manner.date}')"
    if column.kind == "month":
        return f"strftime({name}, '{manner.month}')"
    if column.kind == "flag":
        yes, no = manner.yes_no
        return f"case when {name} then '{yes}' when not {name} then '{no}' end"
    if column.kind == "decimal":
        if manner.thousands:
            return f"translate(format('{{:,.2f}}', cast({name} as double)), ',.', '.,')"
        text = f"cast(cast({name} as decimal(18, 2)) as varchar)"
        return f"replace({text}, '.', ',')" if manner.decimal_comma else text
    return f"cast({name} as varchar)"


def _recode(path: Path, manner: Manner) -> None:
    """Rewrite a UTF-8 file in the office's encoding and line ends."""
    copy = path.with_suffix(".tmp")
    with (
        path.open(encoding="utf-8", newline="\n") as source,
        copy.open("w", encoding=manner.encoding, newline=manner.line_end) as target,
    ):
        while block := source.read(1 << 20):
            target.write(block)
    copy.replace(path)


def _write_xlsx(con: duckdb.DuckDBPyConnection, delivery: Delivery, path: Path) -> None:
    """A workbook of one sheet: true dates and numbers; codes and identifiers as text."""
    manner = delivery.sender.manner
    typed = ("date", "int", "decimal", "year")
    selected = ", ".join(
        column.name if column.kind in typed else _as_text(column, manner) for column in delivery.columns
    )
    rows = con.execute(_rows_of(delivery, f"spoiled_column, spoiled_value, {selected}")).fetchall()
    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True})
    # The day of extraction, not the clock: the same seed gives the same bytes.
    workbook.set_properties(
        {"created": datetime.combine(delivery.day, time(8)), "author": delivery.sender.name}
    )
    sheet = workbook.add_worksheet(delivery.contract.extract)
    date_format = workbook.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, [header(column.name, manner) for column in delivery.columns])
    kinds = [column.kind for column in delivery.columns]
    places = {column.name: place for place, column in enumerate(delivery.columns)}
    for number, (spoiled_column, spoiled_value, *values) in enumerate(rows, start=1):
        spoiled = places.get(spoiled_column, -1)
        for place, value in enumerate(values):
            if place == spoiled:
                if spoiled_value is not None:
                    sheet.write_string(number, place, spoiled_value)
            elif value is None:
                continue
            elif kinds[place] == "date":
                sheet.write_datetime(number, place, value, date_format)
            elif kinds[place] in typed:
                sheet.write_number(number, place, float(value))
            else:
                sheet.write_string(number, place, value)
    workbook.close()
