"""The settings file of a home, `impostazioni.toml`: read and checked, with errors that say what to write."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError

FILE_NAME = "impostazioni.toml"
NO_END = "illimitata"

Check = Callable[[object], str | None]


def read_settings_file(
    path: Path, known: Mapping[str, Mapping[str, Check] | Check]
) -> dict[str, dict[str, Any]]:
    """The sections of the file with their values; empty when there is no file.

    `known` names the sections, each with its settings and their checks (what the value should be, in Italian, or
    None when it is right); a section with one check has settings of any name. Raises UserError.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"Il file delle impostazioni «{path}» non è scritto bene (alla riga {_line_of(error)}): "
            'ogni riga è una sezione come [conservazione] oppure un\'impostazione come reclami = 5 o memoria = "2GB".'
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Il file delle impostazioni «{path}» non si legge: controlla i permessi e salvalo come testo UTF-8."
        ) from error
    for section, values in content.items():
        checks = known.get(section)
        if checks is None or not isinstance(values, dict):
            raise UserError(f"In «{path}» la sezione «{section}» non esiste: {_instead(section, known)}.")
        for name, value in values.items():
            check = checks.get(name) if isinstance(checks, Mapping) else checks
            if check is None:
                raise UserError(
                    f"In «{path}» l'impostazione «{name}» della sezione «{section}» non esiste: {_instead(name, checks)}."
                )
            if expected := check(value):
                raise UserError(f"In «{path}» l'impostazione «{name}» non va bene: scrivi {expected}.")
    return content


def _line_of(error: tomllib.TOMLDecodeError) -> str:
    """The number of the line in the error's text: the parser says it in no other way."""
    found = [word.strip("(),") for word in str(error).split()]
    return next((word for word in found if word.isdigit()), "ultima")


def _instead(name: str, known: Mapping[str, object] | Check) -> str:
    names = sorted(known) if isinstance(known, Mapping) else []
    close = difflib.get_close_matches(name, names, n=1)
    return f"forse «{close[0]}»" if close else f"quelle previste sono {', '.join(names)}"
