"""What looks like a codice fiscale inside a text, however it was typed: no identity is kept in the clear anywhere."""

import re
import unicodedata

FISCAL_CODE = r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
# Signs that nobody sees (of direction, without width, for breaking words), as they come along with copied text.
UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# On paper people write it in groups or letter by letter, and editors put their own blanks and dashes between: then with
# digits where digits belong, or words would look like one.
_GAP = f"[\\s\u00a0\u2000-\u200a\u2010-\u2015\u2028\u2029\u202f.,:;/_{UNSEEN}-]{{0,3}}"
_APART = _GAP.join("[A-Z]" if place == "A" else "[0-9]" for place in "AAAAAA00A00A000A")
FISCAL_CODE_IN_TEXT = f"(?:{FISCAL_CODE}|{_APART})"
MASKED = "[codice fiscale]"

_IN_TEXT = re.compile(FISCAL_CODE_IN_TEXT, re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>\n]{0,60}>|[*`~\\]")  # tags and signs of Markdown, which could stand inside one


def mask_fiscal_codes(text: str) -> str:
    """The text with every codice fiscale masked."""
    return _IN_TEXT.sub(MASKED, text)


def line_with_fiscal_code(text: str) -> int | None:
    """The line, from 1, of the first thing that looks like a codice fiscale, also between signs of markup."""
    shown = _MARKUP.sub("", unicodedata.normalize("NFKC", text))
    for candidate in (text, shown):
        if found := _IN_TEXT.search(candidate):
            return candidate.count("\n", 0, found.start()) + 1
    return None
