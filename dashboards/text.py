"""Data shown as text: nothing that comes from a release becomes markup."""

import html
import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:=^&@/\"'])")
_LINE_BREAKS = re.compile(r"[\r\n\t]+")
# Streamlit's Markdown turns these into emoji, icons, links and arrows even when they are escaped.
_BEYOND_ESCAPES = re.compile(r":(?=[^\s\d])|(?<=[<>=~-])(?=[>=-])|(?=@)|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"


def plain(value: object) -> str:
    """A value as inert Markdown, on one line, so that it reads exactly as it was delivered."""
    line = _LINE_BREAKS.sub(" ", str(value)).strip()
    apart = _BEYOND_ESCAPES.sub(lambda found: found.group() + _WORD_JOINER, line)
    return _MARKUP.sub(r"\\\1", apart)


def chart_text(value: object) -> str:
    """A value as inert Plotly text (Plotly reads a subset of HTML)."""
    return html.escape(_LINE_BREAKS.sub(" ", str(value)).strip(), quote=False)


def sentence(text: str) -> str:
    """The text with its first letter upper case («primo semestre» -> «Primo semestre»)."""
    return text[:1].upper() + text[1:]
