"""Markdown that the generated pages share."""

from collections.abc import Iterable, Sequence

MARKS = "\\`*_[]<>|#&"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already, without a line break at the end."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line: no mark of it means anything."""
    return "".join(f"\\{mark}" if mark in MARKS else mark for mark in " ".join(text.split()))
