"""Italian help: the framework's own words are English, so help text passes through this list."""

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_WORDS = (
    (r"^Usage: ", "Uso: "),
    (r"\[OPTIONS\]", "[OPZIONI]"),
    (r"COMMAND \[ARGS\]\.\.\.", "COMANDO [ARGOMENTI]..."),
    (r"^Options:$", "Opzioni:"),
    (r"^Arguments:$", "Argomenti:"),
    (r"^Commands:$", "Comandi:"),
    (r"Show this message and exit\.", "Mostra questo aiuto ed esce."),
    (r"\[default: ", "[predefinito: "),
    (r"\[required\]", "[obbligatorio]"),
    (r"; required\]", "; obbligatorio]"),
    (r"\[env var: ", "[variabile d'ambiente: "),
    (r"  DIRECTORY\b", "  CARTELLA"),
    (r"--(\S+) DIRECTORY", r"--\1 CARTELLA"),
    (r"--(\S+) FILE\b", r"--\1 FILE"),
    (r"--(\S+) TEXT", r"--\1 TESTO"),
    (r"--(\S+) INTEGER", r"--\1 NUMERO"),
    (r"--(\S+) FLOAT", r"--\1 NUMERO"),
)


def translate(text: str) -> str:
    """Replace the framework's English words in a help text."""
    for pattern, italian in _WORDS:
        text = re.sub(pattern, italian, text, flags=re.MULTILINE)
    return text


class ItalianCommand(TyperCommand):
    """A command whose help is Italian throughout."""

    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))


class ItalianGroup(TyperGroup):
    """A group of commands whose help is Italian throughout."""

    def get_help(self, ctx: Any) -> str:
        return translate(super().get_help(ctx))


def new_group(help_text: str) -> typer.Typer:
    """A Typer app in Italian; bare, it shows its help."""
    return typer.Typer(
        cls=ItalianGroup,
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
