"""`osservatorio landing`: the landing for engines that work on many machines."""

from pathlib import Path
from typing import Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_reading, progress_bar, say
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import recorded
from osservatorio.italian import number

app = new_group("L'archivio delle consegne, per chi lo elabora altrove.")


@app.callback()
def landing() -> None:
    """L'archivio delle consegne, per chi lo elabora altrove."""


@app.command("export", cls=ItalianCommand)
def export(
    out: Annotated[
        Path, typer.Option("--out", metavar="CARTELLA", help="Dove scrivere; può contenere altri Ambiti.")
    ],
    home: HomeOption = None,
    ambito: Annotated[
        str | None,
        typer.Option(
            "--ambito", metavar="CODICE", help="Codice dell'Ambito (altrimenti il Comune capofila)."
        ),
    ] = None,
) -> None:
    """File Parquet dell'archivio, per Ambito e anno. Restano gli pseudonimi; i file non sono cifrati."""
    from osservatorio.landing_export import export_landing
    from osservatorio.settings import Settings

    place = home_for_reading(home)
    with recorded(place, "landing export") as facts, progress_bar() as bar:
        done = export_landing(
            place, out.expanduser().absolute(), Settings.of(place), ambito=ambito, progress=bar
        )
        rows = sum(done.rows.values())
        facts.update({"ambito": done.ambito, "tabelle": len(done.rows), "righe": rows, "byte": done.size})
    say(f"Archivio esportato: {done.folder}")
    say(f"  {number(len(done.rows))} tabelle, {number(rows)} righe, {number(done.size)} byte.")
    say(
        "I dati sono sotto pseudonimo ma restano dati di minori, e i file non sono cifrati: "
        "tienili dove legge solo chi ne ha bisogno, e cancellali quando non servono più."
    )
