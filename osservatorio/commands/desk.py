"""The desk of the reports at a terminal, and the arguments that its commands share."""

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.recording import recorded
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.locking import user_name

if TYPE_CHECKING:
    from osservatorio.documents import Desk

KindArgument = Annotated[
    str, typer.Argument(metavar="RAPPORTO", help="Quale rapporto, per esempio semestrale.")
]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIODO", help="Un semestre come 2022-S1 o un anno come 2022.")
]
TownOption = Annotated[
    str | None,
    typer.Option(
        "--comune", metavar="COMUNE", help="Edizione di un solo Comune (altrimenti di tutto l'Ambito)."
    ),
]
YearArgument = Annotated[str, typer.Argument(metavar="ANNO", help="L'anno della valutazione, come 2022.")]
AuthorOption = Annotated[
    str | None,
    typer.Option("--autore", metavar="NOME", help="Chi scrive (altrimenti l'utente del computer)."),
]


def desk_of(home: Home, author: str | None = None, *, origin: str = "comando") -> "Desk":
    """The desk of a home, with this computer's clock and user."""
    from osservatorio.documents import Desk

    desk = Desk(home, user_name(), origin, lambda: datetime.now().astimezone(), partial(recorded, home))
    return desk.by(author) if author else desk


def day_of(text: str | None) -> date | None:
    """A day as people type it. Raises UserError for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"La data «{text}» non è riconosciuta: scrivila come 2022-06-30.") from None
