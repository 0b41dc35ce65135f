"""The partner's own words: one Markdown file for each text of each report, under the data home.

narratives/<kind>/<period>[_<municipality>]/<key>.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.errors import UserError, reason_it
from osservatorio.home import Home
from reporting.model import Line, LineKind, Run

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True)
class Narratives:
    """The texts written for one report. Without a folder there are none."""

    folder: Path | None = None

    def path(self, key: str) -> Path | None:
        return self.folder / f"{key}.md" if self.folder else None

    def lines(self, key: str) -> tuple[Line, ...]:
        """The lines of a text; none when it is missing or blank. Raises UserError for one that cannot be read."""
        path = self.path(key)
        if path is None:
            return ()
        try:
            return read_markdown(path.read_text("utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"Il testo «{path}» non si legge ({reason_it(error)}): salvalo di nuovo come testo UTF-8."
            ) from error


NO_WORDS = Narratives()


def narratives_of(home: Home, kind: str, period_code: str, slug: str = "") -> Narratives:
    """The texts of one report of one period, for the Ambito or for a municipality's edition."""
    name = "_".join(part for part in (period_code, slug) if part)
    return Narratives(home.narratives / kind / name)


def read_markdown(text: str) -> tuple[Line, ...]:
    """Markdown -> lines: paragraphs, headings, lists, strong and emphasised words; all else is plain text."""
    return tuple(line for line in _lines(_parser().parse(text)) if line.text.strip())


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["heading", "list", "emphasis", "newline", "backticks", "escape"])


def _lines(tokens: list["Token"]) -> Iterator[Line]:
    kinds = [LineKind.PARAGRAPH]
    lists: list[LineKind] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(LineKind.BULLET if token.type.startswith("bullet") else LineKind.STEP)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "heading_open":
            kinds.append(LineKind.HEADING)
        elif token.type == "heading_close":
            kinds.pop()
        elif token.type == "inline":
            yield Line(tuple(_runs(token)), lists[-1] if lists else kinds[-1])


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
        elif token.content:
            yield Run(token.content, strong > 0, emphasis > 0)
