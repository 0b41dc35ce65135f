"""What the making of a survey tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Produced:
    """The files of a survey and, by label, the figures to say on the terminal."""

    release: str
    folder: Path
    files: tuple[Path, ...]
    figures: Mapping[str, int]
