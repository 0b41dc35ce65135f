"""`osservatorio dashboard`: the pages in the browser."""

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
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Non aprire il browser.")] = False,
) -> None:
    """Apre il cruscotto nel browser. Lo serve solo su questo computer."""
    from dashboards.server import serve

    place = home_for_reading(home)

    def record_download(facts: dict[str, str]) -> None:
        record(place, "dashboard: scaricamento", is_required=False, **facts)

    with recorded(place, "dashboard", is_required=False, porta=port):
        serve(
            place,
            port=port,
            open_browser=not no_browser,
            record_download=record_download,
            desk=desk_of(place, origin="cruscotto"),
        )
