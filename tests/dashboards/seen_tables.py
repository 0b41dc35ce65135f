"""The tables of a page as tests read them: from the HTML that the browser gets."""

from dataclasses import dataclass
from html.parser import HTMLParser

import pandas as pd
from streamlit.testing.v1 import AppTest


@dataclass(frozen=True)
class SeenTable:
    """A table on a page: its texts by column, a link as `[text](address)`."""

    value: pd.DataFrame


def tables_of(app: AppTest) -> list[SeenTable]:
    """The tables of a page that ran, in its order."""
    return [read(part.value) for part in app.html if "<table" in part.value]


def read(markup: str) -> SeenTable:
    """A table of HTML. Fails where there is any tag but those of a table."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    head, *rows = reader.rows
    return SeenTable(pd.DataFrame(rows, columns=head, dtype=object))


class _Reader(HTMLParser):
    ALLOWED = frozenset(("div", "table", "thead", "tbody", "tr", "th", "td", "p", "a"))
    ATTRIBUTES = frozenset(("class", "style", "scope", "href", "aria-label", "role", "tabindex"))

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED, tag
        assert {name for name, _ in attrs} <= self.ATTRIBUTES, attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "a":
            self._link = str(dict(attrs)["href"])
            self.rows[-1][-1] += "["

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.rows[-1][-1] += f"]({self._link})"

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)
