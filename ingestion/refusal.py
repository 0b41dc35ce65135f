"""The refusal of a whole file, and how values from outside are shown in messages."""

import re

from osservatorio.errors import UserError

MAX_SHOWN = 60
MAX_PATH_SHOWN = 240
FISCAL_CODE = r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
# Signs that nobody sees (of direction, without width, for breaking words), as they come along with copied text.
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
INVISIBLE = f"[{_UNSEEN}]+"
# On paper people write it in groups or letter by letter, and editors put their own blanks and dashes between: then with
# digits where digits belong, or words would look like one.
_GAP = f"[\\s\u00a0\u2000-\u200a\u2010-\u2015\u2028\u2029\u202f.,:;/_{_UNSEEN}-]{{0,3}}"
_APART = _GAP.join("[A-Z]" if place == "A" else "[0-9]" for place in "AAAAAA00A00A000A")
FISCAL_CODE_IN_TEXT = f"(?:{FISCAL_CODE}|{_APART})"
MASKED = "[codice fiscale]"
INVISIBLE_SHOWN = "[segno invisibile]"

_FISCAL_CODE = re.compile(FISCAL_CODE_IN_TEXT, re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


class RefusedFile(UserError):
    """A file that cannot be trusted as a whole: nothing of it is landed. The message (Italian) says what to do."""


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Text from outside made fit for a message: one line, no control character, no codice fiscale, cut short."""
    clean = in_one_line(text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def shown_path(path: str) -> str:
    """The path of a file made fit for a message; of a long one the end, which says which file it is."""
    clean = in_one_line(path)
    return clean if len(clean) <= MAX_PATH_SHOWN else "…" + clean[1 - MAX_PATH_SHOWN :]


def in_one_line(text: str) -> str:
    """Text from outside without line breaks, control characters and codici fiscali, in its whole length."""
    return _FISCAL_CODE.sub(MASKED, _CONTROL.sub(" ", text)).strip()
