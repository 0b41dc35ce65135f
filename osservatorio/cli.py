"""The `osservatorio` command: options, commands, and errors as one Italian sentence."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer._click import exceptions as usage

from osservatorio import __version__
from osservatorio.commands import (
    ambiti,
    audit,
    dashboard,
    disclosure,
    doctor,
    explain,
    export,
    generate,
    keys,
    landing,
    purge,
    quarantine,
    releases,
    report,
    run,
    status,
)
from osservatorio.commands.common import Globals
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.errors import EXIT_USAGE, EXIT_WITHHELD, StageError, UserError, disk_message, reason_it
from osservatorio.interruption import FIRST_EXIT_CODE, interrupted_by, watch_for_interruption

app = new_group("Osservatorio: dalle consegne dei Comuni ai rapporti sui servizi di tutela minori.")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"osservatorio {__version__}")
        raise typer.Exit


@app.callback()
def osservatorio(
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Cartella dei dati (altrimenti OSSERVATORIO_HOME, altrimenti ./data)."),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="Mostra la versione ed esce.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Osservatorio: dalle consegne dei Comuni ai rapporti sui servizi di tutela minori."""
    Globals.home = home


for command in (
    generate.demo,
    generate.generate,
    run.run,
    run.ingest,
    run.validate,
    run.build,
    run.publish,
    status.status,
    quarantine.quarantine,
    explain.explain,
    dashboard.dashboard,
    purge.purge,
    doctor.doctor,
):
    app.command(cls=ItalianCommand)(command)
for group in (report, export, releases, disclosure, landing, ambiti, keys, audit):
    app.add_typer(group.app, name=group.__name__.rsplit(".", 1)[-1])


def _hint(error: usage.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "osservatorio"
    return f"«{path} --help» spiega come si usa."


def _explain(error: usage.ClickException) -> str:
    """A usage error in Italian: what is wrong and where the help is."""
    match error:
        case usage.NoSuchOption():
            return f"L'opzione «{error.option_name}» non esiste: {_hint(error)}"
        case usage.MissingParameter():
            name = error.param.get_error_hint() if error.param else ""
            return f"Manca {name.replace(chr(39), '')}: {_hint(error)}"
        case usage.BadParameter():
            name = error.param.get_error_hint() if error.param else ""
            return f"Il valore dato a {name.replace(chr(39), '')} non è valido: {_hint(error)}"
        case usage.BadOptionUsage():
            return f"L'opzione «{error.option_name}» è scritta in modo incompleto: {_hint(error)}"
        case usage.UsageError():
            return f"Il comando non è riconosciuto o ha parole di troppo: {_hint(error)}"
    return error.format_message()


def main() -> None:
    """Run the command line. Exit code 0 done, 1 publication withheld, 2 bad usage or nothing usable."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    watch_for_interruption()
    try:
        code = app(prog_name="osservatorio", standalone_mode=False)
        if code == FIRST_EXIT_CODE + signal.SIGINT:  # what Typer makes of a KeyboardInterrupt
            code = _end_after(KeyboardInterrupt())
    except (Exception, KeyboardInterrupt) as error:
        code = _end_after(error)
    sys.exit(code if isinstance(code, int) else 0)


def _end_after(error: BaseException) -> int:
    """Say what ended the command, in one sentence. Returns the exit code."""
    if interrupted_by() or isinstance(error, KeyboardInterrupt | typer.Abort):
        typer.echo(
            "Interrotto: quanto già caricato per intero e quanto già pubblicato non è cambiato. "
            "Per completare il lavoro ripeti il comando.",
            err=True,
        )
        return FIRST_EXIT_CODE + (interrupted_by() or signal.SIGINT)
    match error:
        case usage.NoArgsIsHelpError():
            typer.echo(error.format_message())
            return EXIT_USAGE
        case usage.ClickException():
            typer.echo(f"Errore: {_explain(error)}", err=True)
            return EXIT_USAGE
        case UserError():
            typer.echo(f"Errore: {error.message}", err=True)
            return error.exit_code
        case StageError():
            typer.echo(f"Errore: {error.message}", err=True)
            return EXIT_WITHHELD
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
    if os.environ.get("OSSERVATORIO_DEBUG"):
        raise error
    if message := disk_message(error):
        typer.echo(f"Errore: {message}", err=True)
        return EXIT_USAGE
    typer.echo(_unexpected(error), err=True)
    return EXIT_WITHHELD


def _unexpected(error: BaseException) -> str:
    """The last net: what happened, for whom to tell; the details go to a developer's terminal only on request."""
    what = reason_it(error) if isinstance(error, OSError) else type(error).__name__
    return (
        f"Errore inatteso ({what}): quanto già pubblicato non è cambiato. "
        "Segnalalo a chi mantiene Osservatorio, con l'ora e il comando dato; "
        "con OSSERVATORIO_DEBUG=1 il comando mostra i dettagli tecnici."
    )


if __name__ == "__main__":
    main()
