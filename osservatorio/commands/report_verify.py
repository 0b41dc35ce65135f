"""`osservatorio report verify`: is a file what its release produces?"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import HomeOption, JsonOption, home_for_reading, print_json, say
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD

if TYPE_CHECKING:
    from reporting.checking.verify import Verification

SHOWN = 20  # differences on the terminal


def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Il file di un rapporto, anche rinominato o spostato.")
    ],
    home: HomeOption = None,
    release_id: Annotated[
        str | None,
        typer.Option(
            "--release",
            metavar="ID",
            help="Pubblicazione da cui il file deve venire, anche «corrente» o «precedente» (altrimenti quella che il "
            "file indica).",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Verifica che un file sia proprio quello che la sua pubblicazione produce. Lo rifà e confronta i byte."""
    from osservatorio.catalogue import find_release
    from reporting.checking.verify import verify as check

    place = home_for_reading(home)
    result = check(place, file, release_id=find_release(place, release_id) if release_id else None)
    if as_json:
        print_json(
            {
                "file": str(file),
                "verdict": str(result.verdict),
                "identical": result.is_identical,
                "format": result.format,
                "stamp": asdict(result.stamp) if result.stamp else None,
                "message": result.message,
                "note": result.note,
                "differences": list(result.differences),
            }
        )
    else:
        _tell(file, result)
    raise typer.Exit(EXIT_DONE if result.is_identical else EXIT_WITHHELD)


def _tell(file: Path, result: "Verification") -> None:
    from osservatorio.italian import number
    from reporting.kinds import KINDS

    say(f"{str(result.verdict).upper()}: «{file}»")
    stamp = result.stamp
    if stamp and stamp.kind in KINDS:
        edition = f", edizione «{stamp.comune}»" if stamp.comune else ""
        say(f"  {KINDS[stamp.kind].name}, {stamp.period}{edition}, pubblicazione {stamp.release_id}")
    say(result.message)
    if result.note:
        say(result.note)
    for difference in result.differences[:SHOWN]:
        say(f"  - {difference}")
    if len(result.differences) > SHOWN:
        say(f"  … e altre {number(len(result.differences) - SHOWN)} differenze: --json le elenca tutte.")
