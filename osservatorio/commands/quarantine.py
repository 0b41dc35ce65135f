"""`osservatorio quarantine`: the rows to mend, on the terminal, for programs, or as workbooks to send."""

import json
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import HomeOption, JsonOption, home_for_reading, say
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.errors import UserError
from osservatorio.italian import date_it, number, quantity

if TYPE_CHECKING:
    import duckdb

    from ingestion.quarantine_list import Entry, FileCount, RuleCount

XlsxOption = Annotated[
    Path | None,
    typer.Option(
        "--xlsx",
        metavar="FILE",
        help="Scrive l'elenco da rimandare, un foglio di calcolo per ogni ente (FILE__comune.xlsx).",
    ),
]
AllOption = Annotated[
    bool, typer.Option("--tutte", help="Comprende la storia: anche le righe che sono già state sistemate.")
]
WRITTEN_AT_ONCE = 1_000
FILES_SHOWN = 10  # of each body
RULES_SHOWN = 6  # of each file
EXAMPLES_SHOWN = 2  # of each rule
STATES = {"open": "", "waiting": " (in attesa)", "landed": " (entrate da sole)", "replaced": " (sistemate)"}


def quarantine(
    home: HomeOption = None,
    xlsx: XlsxOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Elenca le righe da correggere. Per ente e per file: dove sono, che cosa non va, come correggerle."""
    from osservatorio.database import connect

    if xlsx and as_json:
        raise UserError("Le opzioni --xlsx e --json non vanno insieme: scegline una.")
    place = home_for_reading(home)
    if not place.landing.exists():
        raise UserError(f"In «{place.root}» non è stato caricato nulla: esegui «osservatorio run CARTELLA».")
    with connect(place.landing, read_only=True) as con:
        if as_json:
            _print_json(con, everything)
        elif xlsx:
            with recorded(place, "quarantine xlsx") as facts:
                written = _write_workbooks(con, xlsx, everything, datetime.now().astimezone().date())
                facts.update(facts_of_files(*written))
        else:
            _print_list(con, everything)


def _states(everything: bool) -> tuple[str, ...]:
    from ingestion.quarantine_list import ALL_STATES, LIVE

    return ALL_STATES if everything else LIVE


def _print_json(con: "duckdb.DuckDBPyConnection", everything: bool) -> None:
    """One object with `rows`, written as it is read: there may be very many."""
    from ingestion.quarantine_list import entries

    say('{"rows": [')
    before = ""
    found = entries(con, _states(everything))
    while batch := list(islice(found, WRITTEN_AT_ONCE)):
        rows = (json.dumps(entry.as_row(), ensure_ascii=False) for entry in batch)
        typer.echo(before + ",\n".join(rows), nl=False)
        before = ",\n"
    say("]}")


def _write_workbooks(
    con: "duckdb.DuckDBPyConnection", given: Path, everything: bool, today: date
) -> list[Path]:
    """Write the lists and say where they are. Returns the files."""
    from ingestion.quarantine_files import left_from_before, target_file, write_lists
    from ingestion.quarantine_workbook import read_lists

    target = target_file(given)
    lists = read_lists(con, written_on=today, with_history=everything)
    written = write_lists(con, lists, target)
    if not written:
        say("Nessuna riga da correggere e nessuna in attesa: non c'è niente da scrivere.")
    for body, path in written:
        to_mend = quantity(body.total("to_mend"), "riga da correggere", "righe da correggere")
        say(f"{body.name}, {to_mend}, {number(body.total('waiting'))} in attesa: «{path}».")
    for path in left_from_before(target, [path for _, path in written]):
        say(f"Attenzione: «{path}» è di un elenco precedente e non vale più.")
    return [path for _, path in written]


def _print_list(con: "duckdb.DuckDBPyConnection", everything: bool) -> None:
    from ingestion.quarantine_list import count_by_file, count_by_rule, examples

    states = _states(everything)
    files = count_by_file(con, states)
    if not files:
        say("Nessuna riga da correggere e nessuna in attesa.")
        return
    _print_totals(files, everything)
    rules: dict[tuple[str, str], list[RuleCount]] = {}
    for rule in count_by_rule(con, states):
        rules.setdefault((rule.codice_ente, rule.delivery_id), []).append(rule)
    shown = examples(con, EXAMPLES_SHOWN, states)
    for code in dict.fromkeys(file.codice_ente for file in files):
        own = [file for file in files if file.codice_ente == code]
        say()
        say(f"{_body_name(code)}: {_counts(own)}")
        for file in own[:FILES_SHOWN]:
            _print_file(file, rules[file.codice_ente, file.delivery_id], shown)
        if len(own) > FILES_SHOWN:
            say(f"  … e {quantity(len(own) - FILES_SHOWN, 'altro', 'altri')} file: usa --xlsx")
    say()
    say("«osservatorio quarantine --xlsx quarantena.xlsx» scrive l'elenco completo, da inviare a ogni ente.")


def _print_totals(files: "list[FileCount]", everything: bool) -> None:
    to_mend, errors, waiting, settled = (
        sum(getattr(file, name) for file in files) for name in ("to_mend", "errors", "waiting", "settled")
    )
    say(
        f"Da correggere: {quantity(to_mend, 'riga', 'righe')}, con {quantity(errors, 'errore', 'errori')}. "
        f"In attesa di un altro dato: {quantity(waiting, 'riga', 'righe')}."
    )
    if everything:
        say(f"Già sistemate: {quantity(settled, 'riga', 'righe')}.")


def _body_name(code: str) -> str:
    from osservatorio.reference import municipalities

    towns = municipalities()
    return f"{towns[code].name} ({code})" if code in towns else "Ente non riconosciuto"


def _counts(files: "list[FileCount]") -> str:
    to_mend, waiting, settled = (
        sum(getattr(file, name) for file in files) for name in ("to_mend", "waiting", "settled")
    )
    parts = [f"{number(to_mend)} da correggere"] if to_mend else []
    parts += [f"{number(waiting)} in attesa"] if waiting else []
    parts += [f"{number(settled)} già sistemate"] if settled else []
    return ", ".join(parts)


def _print_file(
    file: "FileCount", rules: "list[RuleCount]", shown: "dict[tuple[str, str, str, str], list[Entry]]"
) -> None:
    delivered = f", consegnato il {date_it(file.delivered_at)}" if file.delivered_at else ""
    say(f"  {file.file}{delivered}: {_counts([file])} su {quantity(file.rows_read, 'riga', 'righe')}")
    first_row = {
        rule: shown[rule.codice_ente, rule.delivery_id, rule.rule, rule.state][0].row for rule in rules
    }
    listed = sorted(
        rules, key=lambda rule: (-rule.errors if rule.errors > EXAMPLES_SHOWN else 0, first_row[rule])
    )
    for rule in listed[:RULES_SHOWN]:
        found = shown[rule.codice_ente, rule.delivery_id, rule.rule, rule.state]
        column = f", colonna {rule.column}" if rule.column else ""
        if rule.errors <= len(found):
            for entry in found:
                say(f"    riga {entry.row}{column}{STATES[rule.state]}: {entry.message}")
            continue
        label = f"{found[0].label}: " if rule.column else ""
        say(f"    {number(rule.errors)} volte{column}{STATES[rule.state]}: {label}{found[0].texts.problem}")
        for entry in found:
            say(f"      riga {entry.row}: {entry.message}")
        say(f"      … e {quantity(rule.errors - len(found), 'altra riga', 'altre righe')}: usa --xlsx")
    if len(listed) > RULES_SHOWN:
        left = sum(rule.errors for rule in listed[RULES_SHOWN:])
        say(f"    … e {quantity(left, 'altro errore', 'altri errori')} di altro tipo: usa --xlsx")
