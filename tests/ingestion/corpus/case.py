"""What a case is: a delivery that is wrong, what must become of it, and the delivery that mends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from delivered_samples import csv_bytes, sample

Content = bytes | Callable[[Path], None]  # what the file holds, or how something is put in its place
End = Literal["landed", "already_landed", "refused"]


@dataclass(frozen=True)
class Flaw:
    """An entry of the quarantine: where, by which rule, and the words of its message.

    `found` is what was delivered as the message shows it, `expected` how it says what was expected.
    """

    row: int
    rule: str
    found: str
    expected: str


@dataclass(frozen=True)
class Delivery:
    """A wrong delivery, what must become of its file, and the delivery that mends it.

    `before` are folders delivered earlier, each in a run of its own; `beside` are sound files of the same folder.
    `says` are words of the message on the whole file. `lands` are queries on the landing with their rows, after the
    wrong delivery. `mended` replaces the wrong file (`mended_as`: or comes under this name), and then the landing
    holds `whole` records of the extract, by key, and nothing waits to be mended.
    """

    file: str
    content: Content
    mended: bytes
    whole: int
    end: End = "landed"
    accepted: int = 0
    flaws: Sequence[Flaw] = ()
    waiting: int = 0
    says: Sequence[str] = ()
    before: Sequence[Mapping[str, bytes]] = ()
    beside: Mapping[str, bytes] = field(default_factory=dict)
    lands: Mapping[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    mended_as: str | None = None
    part: str | None = None  # the outcome's file, where it is not `file`: a member of a ZIP

    @property
    def extract(self) -> str:
        name = Path(self.part or self.file).name
        return name.split(".")[0].split("__")[0]


@dataclass(frozen=True)
class Case:
    """A case of the corpus. `found` (Italian) says what is wrong, `does` (Italian) what the program does of it."""

    name: str
    found: str
    does: str
    build: Callable[[], Delivery]


class Group:
    """The cases of one kind, in the order in which they are written. `title` is Italian."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.cases: list[Case] = []

    def case(self, found: str, does: str) -> Callable[[Callable[[], Delivery]], Callable[[], Delivery]]:
        """Register a builder under its name."""

        def register(build: Callable[[], Delivery]) -> Callable[[], Delivery]:
            self.cases.append(Case(build.__name__, found, does, build))
            return build

        return register


def complaints(count: int, **values: str) -> list[dict[str, str]]:
    """Sound rows of `reclami`; each has a note."""
    return [sample("reclami", serial, azione_miglioramento="nota", **values) for serial in range(count)]


def lines_of(rows: Sequence[Mapping[str, str]], **options: Any) -> list[bytes]:
    """Rows as the lines of a CSV file, titles first, without line ends."""
    return csv_bytes(rows, **options).split(b"\n")[:-1]


def one_bad_row(
    extract: str, bad: Mapping[str, str], *flaws: Flaw, good: Mapping[str, str] | None = None, **more: Any
) -> Delivery:
    """Three rows, that of row 3 with the wrong values; `good` are the right ones, where they are not the sample's."""
    rows = [sample(extract, serial) for serial in range(3)]
    spoilt = [rows[0], rows[1] | bad, rows[2]]
    mended = [rows[0], rows[1] | (good or {}), rows[2]]
    columns = list(dict.fromkeys((*rows[0], *bad)))
    blank = dict.fromkeys(columns, "")
    return Delivery(
        file=f"{extract}__seregno.csv",
        content=csv_bytes([blank | row for row in spoilt]),
        mended=csv_bytes([blank | row for row in mended]),
        whole=3,
        accepted=2,
        flaws=flaws,
        **more,
    )


def all_good(extract: str, content: bytes, rows: int, **more: Any) -> Delivery:
    """A delivery that looks wrong and is not: every row lands. Sent again with one row more, it lands again."""
    again = [sample(extract, serial) for serial in range(rows + 1)]
    more = {"mended": csv_bytes(again), "whole": rows + 1} | more
    return Delivery(f"{extract}__seregno.csv", content, accepted=rows, **more)


def refused(extract: str, content: Content, *says: str, file: str | None = None, **more: Any) -> Delivery:
    """A file refused as a whole; the sound one that takes its place has two rows."""
    more = {"mended": csv_bytes([sample(extract, serial) for serial in range(2)]), "whole": 2} | more
    return Delivery(file or f"{extract}__seregno.csv", content, end="refused", says=says, **more)
