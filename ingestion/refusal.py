"""The refusal of a whole file, and how values from outside are shown in messages."""

import re

from osservatorio.errors import UserError

MAX_SHOWN = 60
FISCAL_CODE = r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
_GAP = "[ ._/-]?"  # people write it in groups: then with digits where digits belong, or words would look like one
_IN_GROUPS = _GAP.join(
    ("[A-Z]{3}", "[A-Z]{3}", "[0-9]{2}", "[A-Z]", "[0-9]{2}", "[A-Z]", "[0-9]{3}", "[A-Z]")
)
FISCAL_CODE_IN_TEXT = f"(?:{FISCAL_CODE}|{_IN_GROUPS})"
MASKED = "[codice fiscale]"

_FISCAL_CODE = re.compile(FISCAL_CODE_IN_TEXT, re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


class RefusedFile(UserError):
    """A file that cannot be trusted as a whole: nothing of it is landed. The message (Italian) says what to do."""


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Text from outside made fit for a message: one line, no control character, no codice fiscale, cut short."""
    clean = _FISCAL_CODE.sub(MASKED, _CONTROL.sub(" ", text)).strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
