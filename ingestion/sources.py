"""Where delivered bytes lie: a file of the folder, or a member of a ZIP, opened in the same way."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, Protocol

from ingestion.refusal import RefusedFile, in_one_line
from ingestion.unpacking import PackedBytes, unpacked


class Source(Protocol):
    """What can be opened and read from its start, as often as needed: a `Path` or a `FoundFile`."""

    def open(self, mode: Literal["rb"]) -> BinaryIO: ...


@dataclass(frozen=True)
class FoundFile:
    """A file of the delivery folder, or a member of a ZIP that lies there.

    `path` is the file on disk (the ZIP itself for a member). `name` is its path in the folder, with forward slashes,
    fit for messages, cut short when it is long; that of a member follows the ZIP's: `consegna.zip/interventi__seveso.csv`.
    `member` is a member's own path in its ZIP. `problem` (Italian) says why a member or a whole ZIP cannot be read: it is
    refused with it.
    """

    path: Path
    name: str
    packed: PackedBytes | None = None
    problem: str | None = None
    member: str | None = None

    @property
    def base_name(self) -> str:
        """The whole name without folders: what says which extract it is, and whose."""
        return in_one_line(self.path.name if self.member is None else PurePosixPath(self.member).name)

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        """The bytes, from the start. Raises OSError; a member raises RefusedFile while it is read when it is not
        what the ZIP declares."""
        if self.problem:
            raise RefusedFile(self.problem)
        file = self.path.open(mode)
        return unpacked(file, self.packed) if self.packed else file
