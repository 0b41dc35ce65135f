"""`osservatorio releases compare` and `restore`: what moved between two releases, and going back to one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    home_for_writing,
    print_json,
    say,
)
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.errors import UserError, reason_it

if TYPE_CHECKING:
    from osservatorio.compare import Comparison

NAMES = "Un identificativo, «corrente» (quella in uso) o «precedente» (quella pubblicata prima)."
BeforeArgument = Annotated[str, typer.Argument(metavar="A", help=f"Pubblicazione di partenza. {NAMES}")]
AfterArgument = Annotated[str, typer.Argument(metavar="B", help="Pubblicazione con cui confrontarla.")]
IndicatorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--indicatore",
        metavar="CODICE",
        help="Solo questo indicatore, per esempio minori_in_carico_1000; ripetibile.",
    ),
]
XlsxOption = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Scrive tutti i valori diversi in una cartella di calcolo."),
]


def compare(
    before: BeforeArgument,
    after: AfterArgument,
    indicators: IndicatorOption = None,
    home: HomeOption = None,
    xlsx: XlsxOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confronta due pubblicazioni. Mostra ogni valore che è cambiato e le consegne che lo hanno mosso."""
    from osservatorio.catalogue import find_release
    from osservatorio.commands.compare_printing import SHOWN_FIGURES, print_comparison
    from osservatorio.compare import compare_releases

    place = home_for_reading(home)
    codes = [_indicator(code) for code in indicators or ()]
    found = compare_releases(
        place,
        find_release(place, before),
        find_release(place, after),
        limit=None if xlsx or as_json or codes else SHOWN_FIGURES,
        indicators=codes,
    )
    if xlsx:
        with recorded(place, "releases compare xlsx") as facts:
            _write(xlsx, found)
            facts.update(facts_of_files(xlsx.absolute()))
    if as_json:
        print_json(_as_json(found))
        return
    print_comparison(found)
    if xlsx:
        say(f"Tutti i valori diversi sono in «{xlsx}».")
    elif found.total:
        say("Tutti i valori, in una cartella di calcolo: aggiungi --xlsx FILE.")


def restore(
    release_id: Annotated[
        str, typer.Argument(metavar="ID", help=f"Pubblicazione da rimettere in uso. {NAMES}")
    ],
    home: HomeOption = None,
) -> None:
    """Rimette in uso una pubblicazione. Prima controlla che il suo contenuto sia quello pubblicato."""
    from osservatorio.catalogue import find_release
    from osservatorio.commands.compare_printing import day
    from osservatorio.integrity import restore_release
    from osservatorio.locking import exclusive

    place = home_for_writing(home)
    with recorded(place, "releases restore") as facts, exclusive(place, "releases restore"):
        manifest = restore_release(place, find_release(place, release_id))
        facts["pubblicazione"] = manifest["release_id"]
    say(
        f"In uso la pubblicazione {manifest['release_id']}, con dati al {day(manifest)}: il contenuto è quello "
        "pubblicato. La prossima pubblicazione riuscita prenderà il suo posto."
    )


def _indicator(text: str) -> str:
    """The code of an indicator as a person writes it. Raises UserError for an unknown one."""
    from osservatorio.near import perhaps
    from osservatorio.reference import read_seed

    names = {row["indicator_code"]: row["name"] for row in read_seed("indicators")}
    found = next((code for code in names if code.casefold() == text.strip().casefold()), None)
    if found is None:
        raise UserError(
            f"L'indicatore «{text}» non esiste.{perhaps(text, names)} La pagina docs/indicatori.md li "
            "elenca tutti."
        )
    return found


def _write(path: Path, comparison: "Comparison") -> None:
    from osservatorio.compare_workbook import comparison_workbook
    from osservatorio.files import write_atomically

    try:
        write_atomically(path.absolute(), comparison_workbook(comparison))
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere «{path}» ({reason_it(error)}): controlla i permessi e chiudi il file se è aperto."
        ) from error


def _as_json(comparison: "Comparison") -> dict[str, Any]:
    return {
        "before": comparison.before["release_id"],
        "after": comparison.after["release_id"],
        "circumstances": [vars(item) for item in comparison.circumstances],
        "deliveries": [{"change": change.change, **change.delivery} for change in comparison.deliveries],
        "only_before": comparison.only_before,
        "only_after": comparison.only_after,
        "marts": [
            {
                "mart": mart.mart,
                "title": mart.title,
                "changed": mart.changed,
                "new": mart.new,
                "gone": mart.gone,
                "moved_by": mart.moved_by,
                "indicators": [vars(item) for item in mart.indicators],
                "figures": [
                    {name: found for name, found in vars(figure).items() if name not in ("mart", "shown")}
                    for figure in mart.figures
                ],
            }
            for mart in comparison.marts
        ],
    }
