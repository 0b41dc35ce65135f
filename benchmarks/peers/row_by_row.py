"""Deliveries read and validated row by row with pydantic: one typed model per contract, made from it.

    python -m benchmarks.peers.row_by_row DELIVERIES OUT TOLD

Each row becomes an instance of its model or is refused: missing values, text that is no value of its kind, codes that
are not in their list, numbers out of limits, two dates or numbers in the wrong order, a record that refers to one that
was not accepted. Reserved values are replaced by keyed pseudonyms. Accepted rows go to OUT as Parquet, one file per
extract. `told` lists the refused rows by file and line, and the rules of contracts that the models do not have.
"""

import csv
import hashlib
import hmac
import json
import operator
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError
from python_calamine import CalamineWorkbook

from benchmarks.peers.row_models import ORDER, Row, model_of
from osservatorio.contracts import Contract, load_contracts

OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SEPARATORS = (";", ",", "\t", "|")


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and values by column of every row that is not empty; columns are known by their plain names."""
    lines = _sheet(path) if path.suffix == ".xlsx" else _csv(path)
    _, titles = next(lines)
    names = [title.strip().lower().replace(" ", "_") for title in titles]
    for line, cells in lines:
        if len(cells) != len(names):
            yield line, {}
        elif any(cells):
            yield (
                line,
                {name: text for name, cell in zip(names, cells, strict=True) if (text := cell.strip())},
            )


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    header = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(SEPARATORS, key=header.count))
    for cells in reader:
        yield reader.line_num, cells


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    for line, cells in enumerate(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(), 1):
        yield line, [_cell(cell) for cell in cells]


def _cell(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "si" if cell else "no"
    return str(cell)


class Ingestion:
    """One pass over a folder of deliveries, parents before children."""

    def __init__(self, key: bytes) -> None:
        self.refused: list[tuple[str, int]] = []
        self.read = 0
        self._key = key
        self._accepted: dict[tuple[str, str], set[Any]] = {}
        self._pseudonyms: dict[tuple[str, str], str] = {}

    def extract(self, contract: Contract, files: list[Path], out: Path) -> None:
        model = model_of(contract)
        orders = [
            (left, OPERATORS[sign], right)
            for rule in contract.rules
            if not rule.parent and (found := ORDER.fullmatch(rule.invalid_when))
            for left, sign, right in [found.groups()]
        ]
        kept: list[BaseModel] = []
        for file in files:
            for line, values in rows_of(file):
                self.read += 1
                row = self._accept(contract, model, orders, values)
                if row is None:
                    self.refused.append((file.name, line))
                else:
                    kept.append(row)
        if kept:
            columns = {name: [getattr(row, name) for row in kept] for name in model.model_fields}
            pq.write_table(pa.table(columns), out / f"{contract.extract}.parquet")

    def _accept(
        self, contract: Contract, model: type[Row], orders: list[Any], values: dict[str, str]
    ) -> BaseModel | None:
        try:
            row = model.model_validate(values)
        except ValidationError:
            return None
        for left, wrong, right in orders:
            a, b = getattr(row, left), getattr(row, right)
            if a is not None and b is not None and wrong(a, b):
                return None
        for column in contract.columns:
            value = getattr(row, column.name)
            if value is None:
                continue
            if column.secret:
                value = self._pseudonym(column.pseudonym_domain or column.name, value)
                setattr(row, column.name, value)
            if column.reference:
                target = column.reference
                known = self._accepted.get((target.extract, target.column), set())
                if ((row.codice_ente, value) if target.same_body else value) not in known:  # type: ignore[attr-defined]
                    return None
        for column in contract.columns:
            value = getattr(row, column.name)
            if column.name in contract.key and value is not None:
                known = self._accepted.setdefault((contract.extract, column.name), set())
                known.add(value)
                known.add((row.codice_ente, value))  # type: ignore[attr-defined]
        return row

    def _pseudonym(self, domain: str, value: str) -> str:
        if (domain, value) not in self._pseudonyms:
            digest = hmac.new(self._key, f"{domain}:{value}".encode(), hashlib.sha256)
            self._pseudonyms[domain, value] = digest.hexdigest()
        return self._pseudonyms[domain, value]


def main(deliveries: str, out: str, told: str) -> None:
    started = time.perf_counter()
    folder = Path(out)
    folder.mkdir()
    work = Ingestion(secrets.token_bytes(32))
    contracts = load_contracts()
    files = sorted(Path(deliveries).iterdir())
    for extract, contract in contracts.items():
        work.extract(contract, [file for file in files if file.name.split("__")[0] == extract], folder)
    not_said = [
        f"{contract.extract}.{rule.id}"
        for contract in contracts.values()
        for rule in contract.rules
        if rule.parent or not ORDER.fullmatch(rule.invalid_when)
    ]
    content = {
        "work": time.perf_counter() - started,
        "rows": work.read,
        "refused": work.refused,
        "rules_not_said": not_said,
    }
    Path(told).write_text(json.dumps(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
