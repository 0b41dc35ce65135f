"""The refusal of a whole file, and how values from outside are shown in messages."""

import re

from osservatorio.errors import UserError

MAX_SHOWN = 60
FISCAL_CODE = r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
# On paper people write it in groups or letter by letter, and editors put their own blanks and dashes between: then with
# digits where digits belong, or words would look like one.
_GAP = "[\\s\u00a0\u00ad\u2000-\u2015\u2028-\u202f\u2060\ufeff.,:;/_-]{0,3}"
_APART = _GAP.join("[A-Z]" if place == "A" else "[0-9]" for place in "AAAAAA00A00A000A")
FISCAL_CODE_IN_TEXT = f"(?:{FISCAL_CODE}|{_APART})"
MASKED = "[codice fiscale]"

_FISCAL_CODE = re.compile(FISCAL_CODE_IN_TEXT, re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


class RefusedFile(UserError):
    """A file that cannot be trusted as a whole: nothing of it is landed. The message (Italian) says what to do."""


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Text from outside made fit for a message: one line, no control character, no codice fiscale, cut short."""
    clean = _FISCAL_CODE.sub(MASKED, _CONTROL.sub(" ", text)).strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
