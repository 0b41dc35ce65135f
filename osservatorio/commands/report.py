"""`osservatorio report`: the documents that the office owes."""

from typing import Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_reading, progress_bar, say
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import facts_of_files, recorded

app = new_group("I rapporti dell'Ufficio di Piano.")
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="ID",
        help="Pubblicazione da usare, anche «precedente» (altrimenti quella in uso).",
    ),
]


@app.callback()
def report() -> None:
    """I rapporti dell'Ufficio di Piano."""


@app.command("semestrale", cls=ItalianCommand)
def semestrale(
    period: Annotated[str, typer.Argument(metavar="SEMESTRE", help="Semestre, per esempio 2022-S1.")],
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Rendicontazione semestrale degli interventi svolti (PDF e XLSX)."""
    from osservatorio.catalogue import find_release
    from reporting.produce import produce_semestrale

    place = home_for_reading(home)
    chosen = find_release(place, release_id) if release_id else None
    with recorded(place, "report semestrale", periodo=period[:20]) as facts, progress_bar() as progress:
        produced = produce_semestrale(place, period, release_id=chosen, progress=progress)
        facts.update(facts_of_files(produced.pdf, produced.xlsx))
    say(f"Rapporto in PDF:  {produced.pdf}")
    say(f"Rapporto in XLSX: {produced.xlsx}")
