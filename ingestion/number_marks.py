"""The marks of a file's numbers: a file that was exported with the comma for thousands is refused.

The comma is read as the decimal mark. Of a file in which the point is, only numbers like 1,234 would be misread, and as
another number without anybody noticing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.refusal import RefusedFile
from ingestion.tables import distinct
from osservatorio.contracts import Contract

EITHER = "^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"  # 1,234


def _decimal_mark(mark: str, other: str) -> str:
    """RE2 of a number in which one mark can only stand before the decimals, or the other only for thousands."""
    return (
        f"^[+-]?([0-9]+{mark}([0-9]{{1,2}}|[0-9]{{4,}})|(0|[0-9]{{4,}}){mark}[0-9]+"
        f"|[0-9]{{1,3}}({other}[0-9]{{3}})+{mark}[0-9]+|[0-9]{{1,3}}({other}[0-9]{{3}}){{2,}})$"
    )


COMMA, POINT = _decimal_mark(",", "[.]"), _decimal_mark("[.]", ",")


@dataclass
class _Marks:
    """What the numbers of one column say: an example of each kind, as far as there is one."""

    comma: str | None = None
    point: str | None = None
    either: str | None = None

    def add(self, texts: pa.Array) -> None:
        self.comma = self.comma or _example(texts, COMMA)
        self.point = self.point or _example(texts, POINT)
        self.either = self.either or _example(texts, EITHER)


def comma_before_decimals(tables: Iterable[pa.Table], contract: Contract) -> Iterator[pa.Table]:
    """The tables of one file, as they are; after the last, RefusedFile when a column has the point before decimals.

    That is so when some of its numbers can be read in no other way, none shows a decimal comma, and others are like
    1,234.
    """
    marks = {column.name: _Marks() for column in contract.columns if column.kind == "decimal"}
    for table in tables:
        for name, found in marks.items():
            for texts in distinct(table.column(name)):
                found.add(texts)
        yield table
    for name, found in marks.items():
        if found.point and found.either and not found.comma:
            raise RefusedFile(
                f"{contract.column(name).label}: i numeri hanno il punto prima dei decimali (per esempio «{found.point}»), e "
                f"quelli come «{found.either}» verrebbero letti come se la virgola fosse dei decimali: esportare di nuovo il "
                "file con i numeri scritti come 1234,56."
            )


def _example(texts: pa.Array, pattern: str) -> str | None:
    place = pc.index(pc.match_substring_regex(texts, pattern), True).as_py()
    return texts[place].as_py() if place >= 0 else None
