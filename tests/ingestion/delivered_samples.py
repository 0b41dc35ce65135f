"""Sample rows and files, made from the contracts: a valid row of any extract, as an office would write it."""

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from balance import watch
from looking_in import looking_in

from ingestion.ingest import DeliveryOutcome, IngestResult, ingest
from osservatorio.contracts import Column, load_contracts
from osservatorio.encryption import can_encrypt, new_archive_key
from osservatorio.home import Home
from osservatorio.keys import Key
from osservatorio.reference import code_list, lead_municipality, municipalities

LOADED_AT = datetime(2024, 1, 15, 10, 30)
KEY = Key("chiave-di-prova", b"0123456789abcdef0123456789abcdef")
LEAD = lead_municipality().code
OTHER_BODY = next(code for code in municipalities() if code != LEAD)

FOLDER, HOME = "consegne", "casa"  # of an office, in its place
Row = Mapping[str, str]

# Where the first value of each column does not satisfy the rules of the row.
_EXTRACT_VALUES = {
    "minori": {"data_nascita": "2012-05-01"},
    "tariffe": {"prestazione": "affido", "unita": "mese", "isee_finale": "20000,00"},
    "controlli": {"prestazioni_verificate": "4", "prestazioni_conformi": "4"},
}


def fiscal_code(serial: int = 0, *, month: str = "A", place: str = "Z999") -> str:
    """A codice fiscale with a right control letter and a place that does not exist."""
    body = f"TSTPRV{serial % 100:02d}{month}{serial % 31 + 1:02d}{place}"
    return body + control_letter(body)


def control_letter(body: str) -> str:
    """The control letter, as the decree tells it (D.M. 23/12/1976), independently of the SQL under test."""
    odd = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
            strict=True,
        )
    )
    total = sum(
        odd[char] if place % 2 == 0 else (int(char) if char.isdigit() else ord(char) - ord("A"))
        for place, char in enumerate(body)
    )
    return chr(ord("A") + total % 26)


def valid_value(column: Column, serial: int) -> str:
    """A value that the column accepts; keys differ by `serial`, references always lead to the first parent."""
    if column.code_list:
        return LEAD if column.kind == "istat" else next(iter(code_list(column.code_list)))
    if column.kind in ("int", "decimal"):
        return str(column.minimum + 1 if column.minimum is not None else 1)
    return {
        "id": f"{column.name}-{0 if column.reference else serial}",
        "istat": LEAD,
        "cf": fiscal_code(serial),
        "date": "2022-03-10",
        "month": "2022-03",
        "year": "2022",
        "flag": "N",
        "text": "nota",
    }[column.kind]


def sample(extract: str, serial: int = 0, **values: str) -> dict[str, str]:
    """A valid row with the required columns of an extract; `values` replace or add."""
    contract = load_contracts()[extract]
    row = {c.name: valid_value(c, serial) for c in contract.columns if c.required}
    row |= _EXTRACT_VALUES.get(extract, {}) | {"data_estrazione": "2022-06-30"}
    return row | values


def care(serial: int = 0, **values: str) -> dict[str, str]:
    """A valid spell of care of the first minor."""
    return sample("prese_in_carico", serial, **values)


def csv_bytes(
    rows: Sequence[Row],
    *,
    separator: str = ";",
    line_end: str = "\n",
    encoding: str = "utf-8",
    **options: Any,
) -> bytes:
    """Rows as a CSV file; the header is the union of their columns."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=separator, lineterminator=line_end, restval="", **options)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def write_workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]], **options: Any) -> Path:
    """Rows of cells by sheet name; dates become true date cells."""
    with xlsxwriter.Workbook(path, options) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for place, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(place, column, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(place, column, datetime(cell.year, cell.month, cell.day), day)
                    else:
                        sheet.write(place, column, cell)
    return path


@dataclass
class Office:
    """A delivery folder and a home: write files, ingest, ask."""

    folder: Path
    home: Home
    loaded_at: datetime = LOADED_AT

    def come_to(self, place: Path) -> "Office":
        """Where another office has come to in that place, in one delivery, with the same files."""
        for given, own in ((place / FOLDER, self.folder), (place / HOME, self.home.root)):
            shutil.copytree(given, own, dirs_exist_ok=True)
        self.loaded_at += timedelta(minutes=1)
        watch(self.home.root)
        return self

    def write(self, name: str, content: bytes | Sequence[Row], **options: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else csv_bytes(content, **options))
        return path

    def ingest(self, **options: Any) -> IngestResult:
        self.loaded_at += timedelta(minutes=1)
        return ingest(self.folder, self.home, KEY, loaded_at=self.loaded_at, **options)

    def deliver(self, name: str, content: bytes | Sequence[Row], **options: Any) -> DeliveryOutcome:
        """Write one file, ingest the folder, and give the outcome of that file."""
        self.write(name, content, **options)
        return self.outcomes()[name]

    def outcomes(self, **options: Any) -> dict[str, DeliveryOutcome]:
        return {outcome.file: outcome for outcome in self.ingest(**options).deliveries}

    def query(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with looking_in(self.home.landing) as con:
            return con.execute(
                sql.replace("from landing.", "from landing.landing."), parameters or None
            ).fetchall()

    def rules(self) -> list[tuple[str, int, str]]:
        """The quarantine as (file, row, rule)."""
        return self.query('select file, "row", rule from quarantine.rows order by all')

    def messages(self) -> list[str]:
        return [
            text for (text,) in self.query('select message from quarantine.rows order by file, "row", rule')
        ]


def office_in(place: Path) -> Office:
    """An office that has delivered nothing so far; its archives are encrypted where the installation can."""
    office = Office(place / FOLDER, Home(place / HOME))
    office.folder.mkdir()
    if can_encrypt():
        new_archive_key(office.home)
    return office
