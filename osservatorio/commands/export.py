"""`osservatorio export`: what is made for others to use."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    progress_bar,
    say,
)
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.commands.report import ReleaseOption
from osservatorio.italian import join_words, number

if TYPE_CHECKING:
    from reporting.open_data.produce import Produced

app = new_group("Le esportazioni per chi sta fuori dall'ufficio.")
ExportYear = Annotated[str, typer.Argument(metavar="ANNO", help="Anno concluso, per esempio 2022.")]


@app.callback()
def export() -> None:
    """Le esportazioni per chi sta fuori dall'ufficio."""


@app.command("open-data", cls=ItalianCommand)
def open_data(
    year: ExportYear,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dati aperti di un anno: tabelle arrotondate, descrizioni per i cataloghi, licenza."""
    from osservatorio.catalogue import find_release
    from reporting.open_data.produce import produce, year_of

    place = home_for_reading(home)
    period = year_of(year)
    chosen = find_release(place, release_id) if release_id else None
    with (
        recorded(place, "export open-data", periodo=period.code) as facts,
        progress_bar(quiet=as_json) as bar,
    ):
        now = datetime.now().astimezone()
        produced = produce(place, period.code, now, release_id=chosen, progress=bar)
        facts.update(_facts(produced))
    if as_json:
        print_json(_as_json(produced))
    else:
        _print(produced)


@app.command("sinba", cls=ItalianCommand)
def sinba(
    year: ExportYear,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rilevazione SINBA dei minori in carico. Scrive che cosa manca, poi il file da trasmettere."""
    from osservatorio.commands.returns import export_sinba

    export_sinba(home_for_reading(home), year, release_id, as_json=as_json)


@app.command("minori-fuori-famiglia", cls=ItalianCommand)
def out_of_home(
    year: ExportYear,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Minori in affido e in struttura. Le tavole della rilevazione annuale, esatte: non si pubblicano."""
    from osservatorio.commands.returns import export_survey
    from reporting.returns.out_of_home import NAME, produce

    export_survey(home_for_reading(home), NAME, produce, year, release_id, as_json=as_json)


@app.command("spesa-sociale", cls=ItalianCommand)
def social_expenditure(
    year: ExportYear,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Spesa sociale dei Comuni. Utenti, spesa e quote, e la tavola per minore del D.M. Interno 16/04/2025."""
    from osservatorio.commands.returns import export_survey
    from reporting.returns.expenditure import NAME, produce

    export_survey(home_for_reading(home), NAME, produce, year, release_id, as_json=as_json)


def _facts(produced: "Produced") -> dict[str, Any]:
    """What the audit log keeps: the release, the base and the digest of each file."""
    files = facts_of_files(*produced.files.values())
    return {"pubblicazione": produced.release, "base": produced.rounded.base, **files}


def _as_json(produced: "Produced") -> dict[str, Any]:
    rounded = produced.rounded
    return {
        "release_id": produced.release,
        "folder": str(produced.folder),
        "files": [str(path) for path in produced.files.values()],
        "base": rounded.base,
        "largest_distance": rounded.largest,
        "mean_distance": round(rounded.mean, 2),
        "licence": produced.publisher.licence.key,
        "missing_settings": list(produced.publisher.missing),
        "notes": list(rounded.notes),
    }


def _print(produced: "Produced") -> None:
    rounded = produced.rounded
    say(f"Dati aperti: {produced.folder}")
    for path in produced.files.values():
        say(f"  {path.name:<24}{number(_size(path))} byte")
    for note in rounded.notes:
        say(note)
    say("Verifica di riservatezza superata, insieme a tutto ciò che è già stato esportato.")
    if produced.publisher.missing:
        say(
            "Prima di pubblicarli scrivi in impostazioni.toml, sezione [dati_aperti]: "
            f"{join_words(produced.publisher.missing)}; poi ripeti il comando."
        )


def _size(path: Path) -> int:
    return path.stat().st_size
