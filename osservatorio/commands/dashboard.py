"""`osservatorio dashboard`: the pages in the browser."""

from datetime import datetime
from typing import Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_reading
from osservatorio.commands.desk import desk_of
from osservatorio.commands.recording import record, recorded


def dashboard(
    home: HomeOption = None,
    port: Annotated[
        int, typer.Option("--port", help="Porta su cui servire le pagine.", min=1, max=65535)
    ] = 8501,
    address: Annotated[
        str,
        typer.Option(
            "--indirizzo",
            metavar="INDIRIZZO",
            help="Indirizzo di rete su cui rispondere. Oltre a questo computer solo con un accesso configurato.",
        ),
    ] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Non aprire il browser.")] = False,
) -> None:
    """Apre il cruscotto nel browser. Senza un accesso configurato lo serve solo su questo computer."""
    from dashboards.server import serve

    place = home_for_reading(home)

    def keep(event: str, facts: dict[str, str], person: str | None) -> None:
        """What a person who signed in does is not done when it cannot be recorded."""
        record(place, event, is_required=person is not None, person=person, **facts)

    with recorded(place, "dashboard", is_required=False, porta=port, indirizzo=address[:100]):
        serve(
            place,
            port=port,
            host=address,
            open_browser=not no_browser,
            record=keep,
            desk=desk_of(place, origin="cruscotto"),
            now=lambda: datetime.now().astimezone(),
        )
