"""`osservatorio report`: the documents that the office owes."""

from typing import Annotated

import typer

from osservatorio.commands import report_verify
from osservatorio.commands.common import HomeOption, home_for_reading, progress_bar, say
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.home import Home

app = new_group("I rapporti dell'Ufficio di Piano.")
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="ID",
        help="Pubblicazione da usare, anche «precedente» (altrimenti quella in uso).",
    ),
]
TownOption = Annotated[
    str | None,
    typer.Option(
        "--comune", metavar="COMUNE", help="Edizione di un solo Comune (altrimenti di tutto l'Ambito)."
    ),
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option("--formato", metavar="FORMATO", help="Formato da produrre, ripetibile (altrimenti tutti)."),
]
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
    write_report(home_for_reading(home), "semestrale", period, town, formats, release_id)


app.command("verify", cls=ItalianCommand)(report_verify.verify)


def write_report(
    home: Home,
    kind: str,
    period: str,
    town: str | None = None,
    formats: list[str] | None = None,
    release_id: str | None = None,
) -> None:
    """Produce a report, record it in the audit log and say where its files are."""
    from osservatorio.catalogue import find_release
    from reporting.produce import produce

    chosen = find_release(home, release_id) if release_id else None
    about = {"periodo": period[:20], **({"comune": town[:40]} if town else {})}
    with recorded(home, f"report {kind}", **about) as facts, progress_bar() as progress:
        produced = produce(
            home,
            kind,
            period,
            comune=town,
            formats=tuple(name.lower().lstrip(".") for name in formats or ()),
            release_id=chosen,
            progress=progress,
        )
        facts.update(facts_of_files(*produced.files.values()))
    for name, path in produced.files.items():
        say(f"Rapporto ({name.upper()}): {path}")
