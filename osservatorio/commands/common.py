"""What commands share: the home option, progress, JSON output, tables on the terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from osservatorio.home import Home
from osservatorio.worker import Progress

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Cartella dei dati (altrimenti OSSERVATORIO_HOME, altrimenti ./data)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Scrive un solo oggetto JSON, per altri programmi.")]


class Globals:
    """Options given before the command."""

    home: Path | None = None


def home_for_writing(given: Path | None) -> Home:
    return Home.locate(given or Globals.home)


def home_for_demo(given: Path | None) -> Home:
    return Home.locate_for_demo(given or Globals.home)


def home_for_reading(given: Path | None) -> Home:
    """The home to read; says so on standard error when it is the demonstration's."""
    home = Home.locate_for_reading(given or Globals.home)
    if home != Home.locate(given or Globals.home):
        typer.echo(f"Leggo i dati dimostrativi in «{home.root}» (nessuna consegna reale caricata).", err=True)
    return home


def say(text: str = "") -> None:
    typer.echo(text)


def print_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1))


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress | None]:
    """A progress bar on standard error; none when it is not a terminal or the command must be quiet."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield show


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A plain table in columns; `right` lists the columns aligned to the right."""
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            str(cell).rjust(width) if i in right else str(cell).ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    say(line(header))
    say("  ".join("-" * width for width in widths))
    for row in rows:
        say(line(row))
