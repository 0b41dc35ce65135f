"""The refusal of a whole file, and how values from outside are shown in messages."""

import re

from osservatorio.errors import UserError
from osservatorio.fiscal_code import UNSEEN, mask_fiscal_codes

MAX_SHOWN = 60
MAX_PATH_SHOWN = 240
INVISIBLE = f"[{UNSEEN}]+"
INVISIBLE_SHOWN = "[segno invisibile]"

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
    return mask_fiscal_codes(_CONTROL.sub(" ", text)).strip()
