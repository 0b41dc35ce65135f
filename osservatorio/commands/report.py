"""`osservatorio report`: the documents that the office owes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from osservatorio.commands import report_proposals, report_status, report_texts, report_verify
from osservatorio.commands.common import HomeOption, home_for_reading, progress_bar, say
from osservatorio.commands.desk import TownOption, desk_of
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.home import Home

app = new_group("I rapporti dell'Ufficio di Piano.")
app.add_typer(report_texts.app, name="text")
app.add_typer(report_proposals.app, name="proposals")
for command in (report_status.status, report_status.calendar):
    app.command(cls=ItalianCommand)(command)
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="ID",
        help="Pubblicazione da usare, anche «precedente» (altrimenti quella in uso).",
    ),
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option("--formato", metavar="FORMATO", help="Formato da produrre, ripetibile (altrimenti tutti)."),
]
LevelOption = Annotated[
    int,
    typer.Option(
        "--livello",
        metavar="N",
        min=1,
        max=2,
        help="1: due pagine per decidere e i lucidi, con i dati di poche persone oscurati, di tutto l'Ambito; "
        "2: i numeri esatti e gli elenchi di lavoro delle équipe, che restano in ufficio.",
    ),
]
YearArgument = Annotated[str, typer.Argument(metavar="ANNO", help="Anno, per esempio 2022.")]
SemesterArgument = Annotated[str, typer.Argument(metavar="SEMESTRE", help="Semestre, per esempio 2022-S1.")]


@app.callback()
def report() -> None:
    """I rapporti dell'Ufficio di Piano."""


@app.command("semestrale", cls=ItalianCommand)
def semestrale(
    period: SemesterArgument,
    town: TownOption = None,
    formats: FormatOption = None,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Rendicontazione semestrale degli interventi svolti."""
    say_where(write_report(home_for_reading(home), "semestrale", period, town, formats, release_id))


@app.command("annuale", cls=ItalianCommand)
def annuale(
    period: YearArgument,
    town: TownOption = None,
    formats: FormatOption = None,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Sintesi annuale di reclami, soddisfazione e controlli."""
    say_where(write_report(home_for_reading(home), "annuale", period, town, formats, release_id))


@app.command("valutazione", cls=ItalianCommand)
def valutazione(
    period: YearArgument,
    town: TownOption = None,
    formats: FormatOption = None,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Valutazione complessiva delle attività, con aspetti critici e punti di forza."""
    say_where(write_report(home_for_reading(home), "valutazione", period, town, formats, release_id))


@app.command("assemblea", cls=ItalianCommand)
def assemblea(
    period: YearArgument,
    formats: FormatOption = None,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Fascicolo per l'Assemblea dei Sindaci, con i dati di poche persone oscurati e la prova che non si ricavano."""
    say_where(write_report(home_for_reading(home), "assemblea", period, None, formats, release_id))


app.command("verify", cls=ItalianCommand)(report_verify.verify)


@app.command("governance", cls=ItalianCommand)
def governance(
    period: SemesterArgument,
    level: LevelOption = 1,
    town: TownOption = None,
    formats: FormatOption = None,
    home: HomeOption = None,
    release_id: ReleaseOption = None,
) -> None:
    """Incontri di governance: due pagine per decidere, i lucidi e gli elenchi di lavoro."""
    kind = "governance" if level == 1 else "governance_tecnica"
    say_where(write_report(home_for_reading(home), kind, period, town, formats, release_id))


def write_report(
    home: Home,
    kind: str,
    period: str,
    town: str | None = None,
    formats: list[str] | None = None,
    release_id: str | None = None,
) -> Mapping[str, Path]:
    """Produce a report and record it in the audit log. Returns its files by format."""
    from osservatorio.catalogue import find_release
    from osservatorio.reference import find_municipality

    desk = desk_of(home)
    chosen = find_release(home, release_id) if release_id else None
    job = desk.job(kind, period, find_municipality(town) if town else None)
    with progress_bar() as progress:
        return desk.produce(
            job,
            tuple(name.lower().lstrip(".") for name in formats or ()),
            release_id=chosen,
            progress=progress,
        )


def say_where(files: Mapping[str, Path]) -> None:
    """Say where the files of a report are."""
    for name, path in files.items():
        say(f"{f'Rapporto ({name.upper()}):':<20}{path}")
