"""Text as the typeface can print it: data with other characters must not stop a document."""

import re
import unicodedata

# What Titillium Web draws, of what Italian offices write: Latin with its accents, and print's punctuation.
_OUTSIDE = re.compile(
    "[^ -~\u00a0-\u00ac\u00ae-\u0131\u0134-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u017e"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020\u2022\u2026\u2039\u203a\u20ac\u2122\u2212]"
)
_WRITTEN_OUT = {"≥": ">=", "≤": "<=", "→": "->", "≠": "<>", "\u2011": "-"}
REPLACEMENT = "?"
# Characters that no XML may hold, and so no drawing and no workbook; the others of this kind mean a space.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\ufffe\uffff]+")


def without_controls(text: str) -> str:
    """The text with control characters as spaces."""
    if text.isprintable():  # most are, and this is told faster
        return text
    return _CONTROLS.sub(" ", text)


def printable(text: str) -> str:
    """The text with control characters as spaces, and what the typeface lacks as its base letter or «?»."""
    return _OUTSIDE.sub(_substitute, without_controls(unicodedata.normalize("NFC", text)))


def _substitute(match: re.Match[str]) -> str:
    if match[0] in _WRITTEN_OUT:
        return _WRITTEN_OUT[match[0]]
    base = "".join(c for c in unicodedata.normalize("NFKD", match[0]) if not unicodedata.combining(c))
    return base if base and not _OUTSIDE.search(base) else REPLACEMENT
