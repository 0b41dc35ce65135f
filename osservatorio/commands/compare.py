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
    print_table,
    say,
)
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.errors import UserError, reason_it
from osservatorio.italian import date_it, number

if TYPE_CHECKING:
    from osservatorio.compare import Comparison, MartComparison
    from osservatorio.provenance import DeliveryChange

SHOWN_FIGURES = 12  # of each mart, on the terminal
SHOWN_DELIVERIES = 40
SHOWN_NUMBERS = 5  # runs of delivery numbers beside a figure
MAX_KEY = 70

NAMES = "Un identificativo, «corrente» (quella in uso) o «precedente» (quella pubblicata prima)."
BeforeArgument = Annotated[str, typer.Argument(metavar="A", help=f"Pubblicazione di partenza. {NAMES}")]
AfterArgument = Annotated[str, typer.Argument(metavar="B", help="Pubblicazione con cui confrontarla.")]
XlsxOption = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Scrive tutti i valori diversi in una cartella di calcolo."),
]


def compare(
    before: BeforeArgument,
    after: AfterArgument,
    home: HomeOption = None,
    xlsx: XlsxOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confronta due pubblicazioni. Mostra ogni valore che è cambiato e le consegne che lo hanno mosso."""
    from osservatorio.catalogue import find_release
    from osservatorio.compare import compare_releases

    place = home_for_reading(home)
    found = compare_releases(
        place,
        find_release(place, before),
        find_release(place, after),
        limit=None if xlsx or as_json else SHOWN_FIGURES,
    )
    if xlsx:
        with recorded(place, "releases compare xlsx") as facts:
            _write(xlsx, found)
            facts.update(facts_of_files(xlsx.absolute()))
    if as_json:
        print_json(_as_json(found))
        return
    _print(found)
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
    from osservatorio.integrity import restore_release
    from osservatorio.locking import exclusive

    place = home_for_writing(home)
    with recorded(place, "releases restore") as facts, exclusive(place, "releases restore"):
        manifest = restore_release(place, find_release(place, release_id))
        facts["pubblicazione"] = manifest["release_id"]
    say(
        f"In uso la pubblicazione {manifest['release_id']}, con dati al {_day(manifest)}: il contenuto è quello "
        "pubblicato. La prossima pubblicazione riuscita prenderà il suo posto."
    )


def _write(path: Path, comparison: "Comparison") -> None:
    from osservatorio.compare_workbook import comparison_workbook
    from osservatorio.files import write_atomically

    try:
        write_atomically(path.absolute(), comparison_workbook(comparison))
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere «{path}» ({reason_it(error)}): controlla i permessi e chiudi il file se è aperto."
        ) from error


def _moment(text: str) -> str:
    """«15/01/2024 alle 09:30»."""
    from datetime import datetime

    at = datetime.fromisoformat(text)
    return f"{date_it(at.date())} alle {at:%H:%M}"


def _day(manifest: dict[str, Any]) -> str:
    from datetime import date

    return date_it(date.fromisoformat(manifest["as_of"]))


def _print(comparison: "Comparison") -> None:
    from osservatorio import compare_texts as texts

    for name, manifest in (("A", comparison.before), ("B", comparison.after)):
        say(
            f"{name}: {manifest['release_id']}, dati al {_day(manifest)}, "
            f"creata il {_moment(manifest['created_at'])}"
        )
    if comparison.circumstances:
        say()
        print_table(
            ["oltre alle consegne", "A", "B"], [list(texts.circumstance(i)) for i in comparison.circumstances]
        )
    numbers = {change.delivery["delivery_id"]: place for place, change in enumerate(comparison.deliveries, 1)}
    _print_deliveries(comparison.deliveries)
    say()
    for line in texts.summary(comparison):
        say(line)
    moved = [mart for mart in comparison.marts if mart.total]
    if moved:
        print_table(
            ["valori diversi in", "cambiati", "in righe nuove", "in righe scomparse"],
            [
                [mart.title, *(number(count) for count in (mart.changed, mart.new, mart.gone))]
                for mart in moved
            ],
            right=[1, 2, 3],
        )
    for mart in moved:
        _print_mart(mart, numbers)


def _print_deliveries(changes: list["DeliveryChange"]) -> None:
    from osservatorio import compare_texts as texts

    say()
    if not changes:
        say("Le consegne sono le stesse.")
        return
    print_table(
        ["n.", "consegna", "file", "righe"],
        [
            [
                str(place),
                texts.DELIVERY_CHANGES[change.change],
                change.delivery["file"],
                texts.moved_counts(change),
            ]
            for place, change in enumerate(changes[:SHOWN_DELIVERIES], 1)
        ],
        right=[0],
    )
    if len(changes) > SHOWN_DELIVERIES:
        say(f"… e altre {number(len(changes) - SHOWN_DELIVERIES)} consegne.")


def _print_mart(mart: "MartComparison", numbers: dict[str, int]) -> None:
    from osservatorio import compare_texts as texts

    figures = mart.figures[:SHOWN_FIGURES]
    say()
    say(
        f"{mart.title}"
        + (f" (i primi {len(figures)} di {number(mart.total)})" if mart.total > len(figures) else "")
    )
    print_table(
        ["riga", "misura", "A", "B", "differenza", "consegne n."],
        [
            [
                _cut(texts.row_words(figure)),
                figure.label,
                texts.value(figure.before, figure.format),
                texts.value(figure.after, figure.format),
                texts.difference(figure),
                _numbers([numbers[name] for name in mart.deliveries_of(figure)]),
            ]
            for figure in figures
        ],
        right=[2, 3, 4],
    )


def _numbers(places: list[int]) -> str:
    """«1-4, 7»: the numbers of the deliveries, runs of them as their ends."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    parts = [
        str(run[0]) if len(run) == 1 else f"{run[0]}{', ' if len(run) == 2 else '-'}{run[-1]}" for run in runs
    ]
    shown = ", ".join(parts[:SHOWN_NUMBERS])
    more = sum(len(run) for run in runs[SHOWN_NUMBERS:])
    return f"{shown} e altre {more}" if more else shown or "–"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_KEY else text[: MAX_KEY - 1] + "…"


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
                "figures": [
                    {name: found for name, found in vars(figure).items() if name not in ("mart", "shown")}
                    for figure in mart.figures
                ],
            }
            for mart in comparison.marts
        ],
    }
