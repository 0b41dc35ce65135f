"""How an Ambito is named where there are many: its code, the first part of every key."""

import re

from osservatorio.errors import UserError

AMBITO = "ambito_code"
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def checked_code(code: str) -> str:
    """The code of an Ambito as it is written. Raises UserError for one that cannot be one."""
    if not CODE.fullmatch(code):
        raise UserError(
            f"«{code[:60]}» non può essere il codice di un Ambito: usa lettere minuscole, cifre, trattini, al più 40."
        )
    return code
