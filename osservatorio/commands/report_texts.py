"""`osservatorio report text`: what people write in the reports, in their own words."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_reading, print_table, say
from osservatorio.commands.desk import AuthorOption, KindArgument, PeriodArgument, TownOption, desk_of
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.errors import UserError
from osservatorio.italian import join_words, number

if TYPE_CHECKING:
    from osservatorio.documents import Desk, Job

app = new_group("I testi che si scrivono nei rapporti.")
KeyArgument = Annotated[
    str, typer.Argument(metavar="TESTO", help="Quale testo: «report text list» li elenca.")
]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="File di testo o Markdown in UTF-8; «-» legge dalla tastiera.")
]
VersionOption = Annotated[
    str | None,
    typer.Option(
        "--versione", metavar="ID", help="Una versione precedente: «report text history» le elenca."
    ),
]


@app.callback()
def text() -> None:
    """I testi che si scrivono nei rapporti."""


@app.command("list", cls=ItalianCommand)
def list_texts(
    kind: KindArgument, period: PeriodArgument, town: TownOption = None, home: HomeOption = None
) -> None:
    """Elenca i testi di un rapporto. Dice quali sono scritti, quali mancano e che cosa dovrebbero dire."""
    from osservatorio.release import open_release

    desk = desk_of(home_for_reading(home))
    job = _job(desk, kind, period, town)
    desk.pick_up()
    with open_release(desk.home) as release:
        desk.expected_texts(release, job)  # a period that the release lacks is told
        report = desk.readiness(release, job)
    if not report.texts:
        say("Questo rapporto non ha testi da scrivere.")
        return
    print_table(
        ["testo", "titolo", "stato", "salvato il", "da"],
        [
            [
                text.key,
                text.title,
                text.state,
                f"{text.saved.at:%d/%m/%Y %H:%M}" if text.saved else "",
                text.saved.author if text.saved else "",
            ]
            for text in report.texts
        ],
    )
    for text in report.waiting:
        say(f"  - {text.key}: {text.problem or text.prompt}")
    for name in report.unused:
        say(f"  - «{name}» non è un testo di questo rapporto: non vi compare.")
    say(f"I file sono in «{desk.text_path(job, 'x').parent}».")


@app.command("set", cls=ItalianCommand)
def set_text(
    kind: KindArgument,
    period: PeriodArgument,
    key: KeyArgument,
    file: FileArgument,
    town: TownOption = None,
    author: AuthorOption = None,
    home: HomeOption = None,
) -> None:
    """Mette in uso un testo preso da un file. La versione di prima resta nella storia; un file vuoto toglie il testo."""
    desk = desk_of(home_for_reading(home), author)
    job = _job(desk, kind, period, town)
    _check_key(desk, job, key)
    saved = desk.save_text(job, key, _read(file))
    if saved is None:
        say("Il testo è già quello in uso: non è cambiato nulla.")
    elif saved.text:
        say(f"Testo salvato, versione {saved.id}: {desk.text_path(job, key)}")
    else:
        say("Testo tolto: le versioni di prima restano nella storia.")


@app.command("show", cls=ItalianCommand)
def show(
    kind: KindArgument,
    period: PeriodArgument,
    key: KeyArgument,
    town: TownOption = None,
    version: VersionOption = None,
    home: HomeOption = None,
) -> None:
    """Mostra un testo. Quello in uso, o una versione precedente."""
    desk = desk_of(home_for_reading(home))
    job = _job(desk, kind, period, town)
    _check_key(desk, job, key)
    if version is None:
        words = desk.text(job, key)
        if not words:
            raise UserError(
                f"Il testo «{key}» non è ancora scritto: si salva con «osservatorio report text set»."
            )
        sys.stdout.write(words)
        return
    found = [saved for saved in desk.history(job, key) if saved.id == version.lower()]
    if not found:
        raise UserError(
            f"Il testo «{key}» non ha la versione «{version}»: «osservatorio report text history {kind} "
            f"{job.period.code} {key}» le elenca."
        )
    sys.stdout.write(found[-1].text)


@app.command("history", cls=ItalianCommand)
def history(
    kind: KindArgument,
    period: PeriodArgument,
    key: Annotated[
        str | None, typer.Argument(metavar="[TESTO]", help="Un solo testo (altrimenti tutti).")
    ] = None,
    town: TownOption = None,
    home: HomeOption = None,
) -> None:
    """Elenca le versioni salvate dei testi. Dice chi le ha salvate, quando e da dove.

    L'ultima colonna è la versione dei testi che il rapporto porta in copertina.
    """
    desk = desk_of(home_for_reading(home))
    job = _job(desk, kind, period, town)
    desk.pick_up()
    saved = [version for version in desk.words_versions(job) if key is None or version.key == key]
    if not saved:
        say("Non è ancora stata salvata nessuna versione.")
        return
    print_table(
        ["salvato il", "da", "con", "testo", "versione", "caratteri", "testi del rapporto"],
        [
            [
                f"{version.mark.at:%d/%m/%Y %H:%M}",
                version.mark.author,
                version.mark.origin,
                version.key,
                version.text_id,
                number(len(version.text)) if version.text else "tolto",
                version.id or "nessuno",
            ]
            for version in saved
        ],
        right=[5],
    )


def _job(desk: "Desk", kind: str, period: str, town: str | None) -> "Job":
    from osservatorio.reference import find_municipality

    return desk.job(kind, period, find_municipality(town) if town else None)


def _check_key(desk: "Desk", job: "Job", key: str) -> None:
    """Raises UserError for a text that the report does not ask for, or that is written in another way."""
    from osservatorio.release import open_release

    with open_release(desk.home) as release:
        expected = {text.key: text for text in desk.expected_texts(release, job)}
    writable = [name for name in expected if expected[name].is_text]
    if key in writable:
        return
    if key in expected:
        raise UserError(f"«{key}» non si scrive come testo. {expected[key].prompt}")
    if not writable:
        raise UserError(f"«{job.kind.name}» non ha testi da scrivere.")
    raise UserError(f"«{job.kind.name}» non ha il testo «{key[:40]}»: scegli fra {join_words(writable)}.")


def _read(file: Path) -> str:
    from reporting.words.keeping import decoded, read_kept

    if str(file) == "-":
        return decoded(sys.stdin.buffer.read(), "testo scritto")
    if not file.exists():
        raise UserError(f"Il file «{file}» non esiste: controlla il nome.")
    return read_kept(file)
