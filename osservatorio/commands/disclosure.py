"""`osservatorio disclosure`: what was exported under protection, and whether it holds."""

from math import isinf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

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
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD, UserError
from osservatorio.home import Home
from osservatorio.italian import number, quantity

if TYPE_CHECKING:
    from reporting.disclosure.attacker import Audit, Breach

app = new_group("La riservatezza delle esportazioni: il registro e la verifica.")
LISTED = 20


@app.callback()
def disclosure() -> None:
    """La riservatezza delle esportazioni: il registro e la verifica."""


@app.command("ledger", cls=ItalianCommand)
def ledger(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Elenca le esportazioni protette: quando, da quale pubblicazione, quante celle oscurate."""
    from reporting.disclosure.ledger import CellState, Ledger

    hidden = (CellState.SENSITIVE, CellState.WITHHELD)
    rows = [
        {
            "n": entry.n,
            "at": entry.at,
            "export": entry.export.export,
            "release": entry.export.release,
            "threshold": entry.export.threshold,
            "tables": len(entry.export.tables),
            "cells": sum(len(table.cells) for table in entry.export.tables),
            "withheld": sum(table.count(*hidden) for table in entry.export.tables),
            "rounded": sum(table.count(CellState.ROUNDED) for table in entry.export.tables),
        }
        for entry in Ledger(home_for_reading(home)).entries()
    ]
    if as_json:
        print_json({"exports": rows})
    elif not rows:
        say("Nessuna tabella protetta è stata ancora esportata.")
    else:
        print_table(
            [
                "n.",
                "quando",
                "esportazione",
                "pubblicazione",
                "soglia",
                "tabelle",
                "celle",
                "oscurate",
                "arrotondate",
            ],
            [[_cell(name, value) for name, value in row.items()] for row in rows],
            right=[0, 4, 5, 6, 7, 8],
        )


def _cell(name: str, value: Any) -> str:
    if name == "at":
        return value.replace("T", " ")[:16]
    return number(value) if isinstance(value, int) else str(value)


@app.command("audit", cls=ItalianCommand)
def audit(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="File CSV di celle, o cartella che ne contiene (altrimenti tutto il registro).",
        ),
    ] = None,
    threshold: Annotated[
        int | None,
        typer.Option(
            "--soglia",
            metavar="NUMERO",
            help="Soglia da verificare (altrimenti quella di ciascuna esportazione; per un file, quella delle impostazioni).",
        ),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--esatto", help="Calcola gli intervalli fino agli estremi: richiede più tempo.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Attacca quanto è stato esportato, come farebbe un estraneo. Esce con 1 se qualcosa si può ricavare."""
    place = home_for_reading(home)
    started = perf_counter()
    result = _audit(place, path, threshold, exact)
    seconds = perf_counter() - started
    if as_json:
        print_json(_as_json(result, seconds))
    else:
        _print(result, seconds, exact)
    raise typer.Exit(EXIT_WITHHELD if result.breaches else EXIT_DONE)


def _audit(home: Home, path: Path | None, threshold: int | None, exact: bool) -> "Audit":
    from reporting.disclosure.attacker import audit as attack
    from reporting.disclosure.attacker_intervals import Contradiction
    from reporting.disclosure.audits import audit_ledger
    from reporting.disclosure.ledger import Ledger
    from reporting.disclosure.policy import Policy
    from reporting.disclosure.protect import policy_of
    from reporting.disclosure.tidy import STRUCTURE_FILE, lacks_structure, read_publications

    policy = Policy(threshold=threshold) if threshold is not None else policy_of(home)
    try:
        if path is not None:
            return attack(read_publications(path), policy, exact=exact)
        entries = Ledger(home).entries()
        return audit_ledger(entries, policy, as_promised=threshold is None, exact=exact)
    except Contradiction as error:
        advice = "Controlla che le tabelle siano dello stesso periodo e non modificate."
        if path is not None and lacks_structure(path):
            advice = (
                f"Accanto manca «{STRUCTURE_FILE}», che dice come le celle si sommano (un minore con due servizi conta una "
                "volta nel totale): mettilo nella stessa cartella e riprova."
            )
        raise UserError(
            f"Le cifre di {f'«{path}»' if path else 'più esportazioni'} si contraddicono (un totale non torna con le sue "
            f"parti): la verifica non si può fare. {advice}"
        ) from error


def _print(result: "Audit", seconds: float, exact: bool) -> None:
    if not result.tables:
        say("Non c'è alcuna tabella da verificare: nulla è stato ancora esportato.")
        return
    print_table(
        ["esportazione", "tabella", "celle", "oscurate", "intervallo più stretto", "ricavabili"],
        [
            [
                table.source,
                table.table,
                number(table.cells),
                number(table.withheld),
                _width(table.narrowest, exact),
                number(len(table.breaches)),
            ]
            for table in result.tables
        ],
        right=[2, 3, 4, 5],
    )
    say(f"Celle oscurate: {number(result.withheld)}. Tempo: {number(seconds, 1)} s.")
    if not result.breaches:
        say("Nessuna cella oscurata si può ricavare.")
        return
    say(f"ATTENZIONE: {quantity(len(result.breaches), 'cella si può', 'celle si possono')} ricavare:")
    for breach in result.breaches[:LISTED]:
        say(f"  - {_sentence(breach)}")
    if len(result.breaches) > LISTED:
        say(f"  … e {quantity(len(result.breaches) - LISTED, 'altra', 'altre')}: usa --json")


def _width(narrowest: float | None, exact: bool) -> str:
    if narrowest is None:
        return "–"
    if isinf(narrowest):
        return "senza limite"
    return number(narrowest) if exact else f"almeno {number(narrowest)}"


def _sentence(breach: "Breach") -> str:
    cell = breach.cell
    known = (
        f"vale esattamente {number(breach.low)}"
        if breach.is_exact
        else f"vale fra {number(breach.low)} e {number(breach.high)}"
    )
    sources = f"; basta sapere: {', '.join(breach.sources)}" if breach.sources else ""
    return f"{cell.source}, {cell.table}: {', '.join(cell.place)}, {cell.measure}: {known}{sources}."


def _as_json(result: "Audit", seconds: float) -> dict[str, Any]:
    return {
        "safe": not result.breaches,
        "seconds": round(seconds, 2),
        "tables": [
            {
                "source": table.source,
                "table": table.table,
                "cells": table.cells,
                "withheld": table.withheld,
                "narrowest": None if table.narrowest is None or isinf(table.narrowest) else table.narrowest,
                "endless": table.narrowest is not None and isinf(table.narrowest),
                "breaches": len(table.breaches),
            }
            for table in result.tables
        ],
        "breaches": [
            {
                "source": breach.cell.source,
                "table": breach.cell.table,
                "place": dict(zip(breach.cell.dimensions, breach.cell.place, strict=True)),
                "measure": breach.cell.measure,
                "low": breach.low,
                "high": breach.high,
                "sources": list(breach.sources),
            }
            for breach in result.breaches
        ],
    }
