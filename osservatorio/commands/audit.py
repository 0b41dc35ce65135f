"""`osservatorio audit`: the log of who did what and when."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    print_table,
    say,
)
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD
from osservatorio.italian import number

app = new_group("Il registro delle operazioni. Dice chi ha fatto che cosa e quando.")


@app.callback()
def audit() -> None:
    """Il registro delle operazioni. Dice chi ha fatto che cosa e quando."""


@app.command("verify", cls=ItalianCommand)
def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Verifica che il registro sia intatto. Trova righe modificate, cancellate, spostate, aggiunte o tagliate."""
    from osservatorio.audit_check import verify as check

    place = home_for_reading(home)
    result = check(place)
    if as_json:
        print_json(
            {
                "intact": result.is_intact,
                "entries": len(result.entries),
                "problems": [asdict(problem) for problem in result.problems],
                "notes": result.notes,
            }
        )
    else:
        for note in result.notes:
            say(note)
        if result.is_intact and result.entries:
            first, last = (
                entry.at.replace("T", " ")[:19] for entry in (result.entries[0], result.entries[-1])
            )
            say(f"Registro intatto: {number(len(result.entries))} registrazioni, dal {first} al {last}.")
        elif not result.is_intact:
            say(f"REGISTRO MANOMESSO: «{place.audit_log}»")
            for problem in result.problems:
                where = f"riga {problem.line}" if problem.line else "registro"
                say(f"  - {where}, {problem.kind}: {problem.message}.")
            say("Conserva il file com'è e avvisa chi risponde dei dati.")
    raise typer.Exit(EXIT_DONE if result.is_intact else EXIT_WITHHELD)


@app.command("list", cls=ItalianCommand)
def list_entries(
    home: HomeOption = None,
    last: Annotated[
        int, typer.Option("--ultime", metavar="NUMERO", help="Quante registrazioni mostrare.", min=1)
    ] = 40,
    as_json: JsonOption = False,
) -> None:
    """Elenca le ultime registrazioni, dalla più vecchia alla più recente."""
    from osservatorio.audit_check import verify as check

    result = check(home_for_reading(home))
    entries = result.entries[-last:]
    if as_json:
        kept = ("n", "at", "user", "event", "phase", "facts")
        print_json({"entries": [{name: getattr(entry, name) for name in kept} for entry in entries]})
    elif entries:
        print_table(
            ["n.", "quando", "chi", "che cosa", "esito", "dettagli"],
            [
                [str(e.n), e.at.replace("T", " ")[:19], e.user, e.event, e.phase, _facts(e.facts)]
                for e in entries
            ],
            right=[0],
        )
    else:
        say("Il registro non contiene ancora nulla.")
    if not result.is_intact:
        typer.echo("Attenzione: il registro non è intatto, vedi «osservatorio audit verify».", err=True)


def _facts(facts: dict[str, Any]) -> str:
    def shown(value: Any) -> str:
        if isinstance(value, bool):
            return "sì" if value else "no"
        return "–" if value is None else number(value) if isinstance(value, int) else str(value)

    return "; ".join(f"{name} {shown(value)}" for name, value in facts.items())
