"""Markdown -> lines of the model. What people write is text and never markup of any other kind."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from osservatorio.fiscal_code import UNSEEN
from reporting.drawing.glyphs import without_controls
from reporting.model import Line, LineKind, Run

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_INVISIBLE = re.compile(f"[{UNSEEN}]+")


def read_markdown(text: str) -> tuple[Line, ...]:
    """Paragraphs, headings, lists, strong and emphasised words; all else is plain text.

    Lists inside lists become one list; of a table each row is an item: «Comune: Meda; Minori: 12».
    """
    return tuple(line for line in _lines(_parser().parse(text)) if line.text.strip())


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    rules = ["heading", "list", "table", "blockquote", "hr", "emphasis", "newline", "backticks", "escape"]
    return MarkdownIt("zero").enable(rules)


def _lines(tokens: list["Token"]) -> Iterator[Line]:
    is_heading = False
    lists: list[LineKind] = []
    heads: list[str] = []
    cells: list[Sequence[Run]] | None = None  # of the row of a table being read
    is_head = False
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(LineKind.BULLET)
            case "ordered_list_open":
                lists.append(LineKind.STEP)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "heading_open" | "heading_close":
                is_heading = token.type == "heading_open"
            case "thead_open" | "thead_close":
                is_head = token.type == "thead_open"
            case "tr_open":
                cells = []
            case "tr_close":
                if is_head:
                    heads = ["".join(run.text for run in cell).strip() for cell in cells or ()]
                else:
                    yield Line(tuple(_row(heads, cells or ())), LineKind.BULLET)
                cells = None
            case "inline" if cells is not None:
                cells.append(tuple(_runs(token)))
            case "inline":
                kind = lists[-1] if lists else LineKind.HEADING if is_heading else LineKind.PARAGRAPH
                yield Line(tuple(_runs(token)), kind)


def _row(heads: Sequence[str], cells: Sequence[Sequence[Run]]) -> Iterator[Run]:
    """A row of a table as one item: «Comune: Meda; Minori: 12»; cells without words are left out."""
    is_first = True
    for head, cell in zip(heads, cells, strict=False):
        if not any(run.text.strip() for run in cell):
            continue
        yield Run(("" if is_first else "; ") + (f"{head}: " if head else ""))
        yield from cell
        is_first = False


def _runs(inline: "Token") -> Iterator[Run]:
    strong = emphasis = 0
    for token in inline.children or ():
        if token.type == "strong_open":
            strong += 1
        elif token.type == "strong_close":
            strong -= 1
        elif token.type == "em_open":
            emphasis += 1
        elif token.type == "em_close":
            emphasis -= 1
        elif token.type in ("softbreak", "hardbreak"):
            yield Run(" ", strong > 0, emphasis > 0)
        elif text := _INVISIBLE.sub("", without_controls(token.content)):
            yield Run(text, strong > 0, emphasis > 0)
