"""The `osservatorio` command: options, commands, and errors as one Italian sentence."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer._click import exceptions as usage

from osservatorio import __version__
from osservatorio.commands import dashboard, generate, keys, releases, report, run
from osservatorio.commands.common import Globals
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.errors import EXIT_USAGE, EXIT_WITHHELD, StageError, UserError

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
    run.status,
    run.quarantine,
    dashboard.dashboard,
):
    app.command(cls=ItalianCommand)(command)
for group in (report, releases, keys):
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
    try:
        code = app(prog_name="osservatorio", standalone_mode=False)
    except usage.NoArgsIsHelpError as error:
        typer.echo(error.format_message())
        code = EXIT_USAGE
    except usage.ClickException as error:
        typer.echo(f"Errore: {_explain(error)}", err=True)
        code = EXIT_USAGE
    except UserError as error:
        typer.echo(f"Errore: {error.message}", err=True)
        code = error.exit_code
    except StageError as error:
        typer.echo(f"Errore: {error.message}", err=True)
        code = EXIT_WITHHELD
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("Interrotto: quanto già pubblicato non è cambiato.", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get("OSSERVATORIO_DEBUG"):
            raise
        code = EXIT_WITHHELD
        typer.echo(_unexpected(error), err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _unexpected(error: Exception) -> str:
    """The last net: what happened, for whom to tell; the details go to a developer's terminal only on request."""
    if isinstance(error, OSError) and error.strerror:
        return (
            f"Errore: il sistema non permette di lavorare sul file «{error.filename or ''}» ({error.strerror}): "
            "controlla spazio su disco e permessi, poi riprova."
        )
    return (
        f"Errore inatteso ({type(error).__name__}): quanto già pubblicato non è cambiato. "
        "Segnalalo a chi mantiene Osservatorio, con l'ora e il comando dato; "
        "con OSSERVATORIO_DEBUG=1 il comando mostra i dettagli tecnici."
    )


if __name__ == "__main__":
    main()
