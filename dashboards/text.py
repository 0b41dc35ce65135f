"""Data shown as text: nothing that comes from a release becomes markup."""

import html
import re
from datetime import date, datetime
from functools import lru_cache

from osservatorio.errors import UserError

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:=^&@/\"'])")
_LINE_BREAKS = re.compile(r"[\r\n\t]+")
# Streamlit's Markdown turns these into emoji, icons, links and arrows even when they are escaped.
_BEYOND_ESCAPES = re.compile(r":(?=[^\s\d])|(?<=[<>=~-])(?=[>=-])|(?=@)|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"


def plain(value: object) -> str:
    """A value as inert Markdown, on one line, so that it reads exactly as it was delivered."""
    return _inert(str(value))


@lru_cache(maxsize=20_000)
def _inert(text: str) -> str:
    line = _LINE_BREAKS.sub(" ", text).strip()
    apart = _BEYOND_ESCAPES.sub(lambda found: found.group() + _WORD_JOINER, line)
    return _MARKUP.sub(r"\\\1", apart)


def chart_text(value: object) -> str:
    """A value as inert Plotly text (Plotly reads a subset of HTML)."""
    return html.escape(_LINE_BREAKS.sub(" ", str(value)).strip(), quote=False)


def html_text(value: object) -> str:
    """A value as text of HTML, or as the value of an attribute, on one line."""
    return _escaped(str(value))


@lru_cache(maxsize=20_000)
def _escaped(text: str) -> str:
    return html.escape(_LINE_BREAKS.sub(" ", text).strip())


def sentence(text: str) -> str:
    """The text with its first letter upper case («primo semestre» -> «Primo semestre»)."""
    return text[:1].upper() + text[1:]


def day_of(text: str) -> date | None:
    """A day as people type it, «30/06/2023» or «2023-06-30»; None for nothing. Raises UserError for anything else."""
    words = text.strip()
    if not words:
        return None
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(words, pattern).date()
        except ValueError:
            continue
    raise UserError(f"La data «{words[:20]}» non è riconosciuta: scrivila come 30/06/2023.")
