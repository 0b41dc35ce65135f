"""`osservatorio run` and its stages one by one, `status` and `quarantine`."""

from collections import Counter
from datetime import date, datetime
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
    progress_bar,
    say,
)
from osservatorio.commands.releases import OUTCOMES
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD, UserError
from osservatorio.italian import number

if TYPE_CHECKING:
    from osservatorio.pipeline import RunResult

FolderArgument = Annotated[Path, typer.Argument(metavar="CARTELLA", help="Cartella con i file consegnati.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATA", help="Data di riferimento AAAA-MM-GG (altrimenti l'ultima estrazione)."
    ),
]
SHOWN_ROWS = 40


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"La data «{text}» non è riconosciuta: scrivila come 2022-06-30.") from None


def run(
    folder: FolderArgument,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Carica le consegne e pubblica. Le controlla, costruisce le tabelle e, se tutto è in ordine, pubblica."""
    from osservatorio.pipeline import run as run_pipeline
    from osservatorio.settings import Settings

    with progress_bar(quiet=as_json) as progress:
        result = run_pipeline(
            home_for_writing(home),
            folder,
            now=datetime.now().astimezone(),
            as_of=_date(as_of),
            settings=Settings(),
            progress=progress,
        )
    if as_json:
        print_json(
            {"deliveries": result.deliveries, "verdict": result.verdict, "release_id": result.release_id}
        )
    else:
        print_run(result)
    raise typer.Exit(result.exit_code)


def print_run(result: "RunResult", *, details: bool = True) -> None:
    """The account of a run: every row read was accepted or is in quarantine, and what was published."""
    _print_deliveries(result.deliveries, details=details)
    if result.verdict:
        _print_verdict(result.verdict)
    if result.release_id:
        state = "Pubblicata" if result.is_new else "Nessuna novità: resta in uso"
        say(f"{state} la pubblicazione {result.release_id}.")
    elif result.verdict:
        say("PUBBLICAZIONE SOSPESA: resta in uso quella precedente, se c'era.")
        for failure in result.failures[:10]:
            say(f"  - non superata la prova «{failure['name']}»: {failure['message']}")
    if details and result.docs:
        say(f"Pagine dei controlli: {result.docs}")


def _print_deliveries(deliveries: list[dict[str, Any]], *, details: bool) -> None:
    outcomes = Counter(d["outcome"] for d in deliveries)
    totals = {
        name: sum(d[name] for d in deliveries) for name in ("rows_read", "accepted", "quarantined", "waiting")
    }
    say(
        f"File: {number(outcomes['landed'])} caricati, {number(outcomes['already_landed'])} già caricati, "
        f"{number(outcomes['refused'])} respinti."
    )
    say(
        f"Righe lette {number(totals['rows_read'])} = accettate {number(totals['accepted'])} + "
        f"in quarantena {number(totals['quarantined'])}"
        f" (di cui in attesa di un altro file: {number(totals['waiting'])})."
    )
    for refused in (d for d in deliveries if d["outcome"] == "refused"):
        say(f"  - respinto «{refused['file']}»: {refused['message']}")
    for noted in (d for d in deliveries if d["outcome"] == "landed" and d["message"]):
        say(f"  - «{noted['file']}»: {noted['message']}")
    faulty = [d for d in deliveries if d["outcome"] == "landed" and d["quarantined"]]
    if details and faulty:
        say("Righe in quarantena per file («osservatorio quarantine» dice come correggerle):")
        print_table(
            ["file", "lette", "accettate", "in quarantena"],
            [
                [d["file"], number(d["rows_read"]), number(d["accepted"]), number(d["quarantined"])]
                for d in sorted(faulty, key=lambda d: -d["quarantined"])[:SHOWN_ROWS]
            ],
            right=[1, 2, 3],
        )
        if len(faulty) > SHOWN_ROWS:
            say(f"… e altri {number(len(faulty) - SHOWN_ROWS)} file.")


def _print_verdict(verdict: dict[str, Any]) -> None:
    say(
        f"Controlli {OUTCOMES[verdict['outcome']]}: {number(verdict['checks'])} eseguiti, {verdict['failed']} non superati."
    )
    for check in verdict.get("blocking", []):
        say(f"  - BLOCCO: {check['message']} {check['what_to_do']}")
    for warning in verdict["warnings"]:
        say(f"  - avviso: {warning['message']} {warning['what_to_do']}")


def ingest(folder: FolderArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Primo stadio: carica le consegne."""
    from osservatorio.pipeline import ingest_only
    from osservatorio.settings import Settings

    with progress_bar(quiet=as_json) as progress:
        result = ingest_only(
            home_for_writing(home),
            folder,
            now=datetime.now().astimezone(),
            settings=Settings(),
            progress=progress,
        )
    if as_json:
        print_json({"deliveries": result.deliveries})
    else:
        print_run(result)


def validate(home: HomeOption = None, as_of: AsOfOption = None, as_json: JsonOption = False) -> None:
    """Secondo stadio: controlla ciò che è stato caricato."""
    from osservatorio.pipeline import validate_only

    with progress_bar(quiet=as_json) as progress:
        verdict = validate_only(home_for_writing(home), as_of=_date(as_of), progress=progress)
    if as_json:
        print_json({"verdict": verdict})
    else:
        _print_verdict(verdict)
    raise typer.Exit(EXIT_DONE if verdict["publishable"] else EXIT_WITHHELD)


def build(home: HomeOption = None, as_of: AsOfOption = None) -> None:
    """Terzo stadio: costruisce le tabelle."""
    from osservatorio.pipeline import build_only
    from osservatorio.settings import Settings

    with progress_bar() as progress:
        result = build_only(
            home_for_writing(home), as_of=_date(as_of), settings=Settings(), progress=progress
        )
    say(f"Costruite {number(len(result['models']))} tabelle con dati al {result['as_of']}.")


def publish(home: HomeOption = None) -> None:
    """Quarto stadio: pubblica. Serve che «validate» e «build» siano riusciti."""
    from osservatorio.pipeline import publish_only

    result = publish_only(home_for_writing(home), now=datetime.now().astimezone())
    if result.verdict:
        _print_verdict(result.verdict)
    if result.release_id:
        say(f"Pubblicata la pubblicazione {result.release_id}.")
    else:
        say("PUBBLICAZIONE SOSPESA: resta in uso quella precedente, se c'era.")
    raise typer.Exit(result.exit_code)


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Dice che cosa è stato caricato. Mostra ogni consegna con il suo esito e la pubblicazione in uso."""
    from ingestion.ingest import deliveries_status
    from osservatorio.database import connect
    from osservatorio.release import current_release_id, read_manifest

    place = home_for_reading(home)
    if not place.landing.exists():
        raise UserError(f"In «{place.root}» non è stato caricato nulla: esegui «osservatorio run CARTELLA».")
    with connect(place.landing, read_only=True) as con:
        deliveries = deliveries_status(con)
    release_id = current_release_id(place)
    verdict = read_manifest(place, release_id)["verdict"] if release_id else None
    if as_json:
        print_json({"deliveries": deliveries, "verdict": verdict, "release_id": release_id})
        return
    _print_deliveries(deliveries, details=True)
    if verdict:
        _print_verdict(verdict)
    say(f"Pubblicazione in uso: {release_id or 'nessuna'}.")


def quarantine(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Elenca le righe da correggere. Per ente: dove sono, che cosa non va, come correggerle."""
    from ingestion.ingest import quarantine_rows
    from osservatorio.database import connect
    from osservatorio.reference import municipalities

    place = home_for_reading(home)
    if not place.landing.exists():
        raise UserError(f"In «{place.root}» non è stato caricato nulla: esegui «osservatorio run CARTELLA».")
    with connect(place.landing, read_only=True) as con:
        rows = quarantine_rows(con)
    if as_json:
        print_json({"rows": rows})
        return
    if not rows:
        say("Nessuna riga in quarantena.")
        return
    names = municipalities()
    body = None
    for row in rows:
        if row["codice_ente"] != body:
            body = row["codice_ente"]
            say()
            say(f"Ente {body} {names[body].name if body in names else ''}".rstrip())
        say(f"  {row['file']}, riga {row['row']}, colonna {row['column'] or '–'}: {row['message']}")
