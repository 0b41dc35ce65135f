"""`osservatorio run` and its stages one by one."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osservatorio.build_previous import how_it_was_built
from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_writing,
    print_json,
    print_table,
    progress_bar,
    say,
)
from osservatorio.commands.recording import facts_of, recorded
from osservatorio.commands.releases import OUTCOMES
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD, UserError
from osservatorio.italian import number, quantity

if TYPE_CHECKING:
    from osservatorio.pipeline import RunResult

FolderArgument = Annotated[Path, typer.Argument(metavar="CARTELLA", help="Cartella con i file consegnati.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATA", help="Data di riferimento AAAA-MM-GG (altrimenti l'ultima estrazione)."
    ),
]
AnewOption = Annotated[
    bool,
    typer.Option(
        "--da-capo", help="Costruisce tutte le tabelle, senza partire dalla costruzione precedente."
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
    anew: AnewOption = False,
    as_json: JsonOption = False,
) -> None:
    """Carica le consegne e pubblica. Le controlla, costruisce le tabelle e, se tutto è in ordine, pubblica."""
    from osservatorio.pipeline import run as run_pipeline
    from osservatorio.settings import Settings

    place, day = home_for_writing(home), _date(as_of)
    with recorded(place, "run") as facts, progress_bar(quiet=as_json) as progress:
        result = run_pipeline(
            place,
            folder,
            now=datetime.now().astimezone(),
            as_of=day,
            settings=Settings.of(place),
            anew=anew,
            progress=progress,
        )
        facts.update(facts_of(result))
    if as_json:
        print_json(
            {
                "deliveries": result.deliveries,
                "settled": result.settled,
                "mended": result.mended,
                "verdict": result.verdict,
                "release_id": result.release_id,
                "notes": result.notes,
            }
        )
    else:
        print_run(result)
    raise typer.Exit(result.exit_code)


def print_run(result: "RunResult", *, details: bool = True) -> None:
    """The account of a run: every row read was accepted, is in quarantine or waits, and what was published."""
    for note in result.notes:
        say(f"Avviso: {note}")
    print_deliveries(result.deliveries, details=details)
    _print_settled(result.settled, result.mended, details=details)
    if result.verdict:
        print_verdict(result.verdict)
    if result.built:
        say(result.built)
    if result.release_id:
        said = (
            "Pubblicata la pubblicazione {}."
            if result.is_new
            else "Nessuna novità: è in uso la pubblicazione {}, già fatta prima."
        )
        say(said.format(result.release_id))
    elif result.verdict:
        say("PUBBLICAZIONE SOSPESA: resta in uso quella precedente, se c'era.")
        for failure in result.failures[:10]:
            say(f"  - non superata la prova «{failure['name']}»: {failure['message']}")
    if details and result.docs:
        say(f"Pagine dei controlli: {result.docs}")


def print_deliveries(deliveries: list[dict[str, Any]], *, details: bool) -> None:
    """What became of the files and of their rows."""
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
        f"in quarantena {number(totals['quarantined'])} + in attesa di un altro dato {number(totals['waiting'])}."
    )
    for refused in (d for d in deliveries if d["outcome"] == "refused"):
        say(f"  - respinto «{refused['file']}»: {refused['message']}")
    for noted in (d for d in deliveries if d["outcome"] == "landed" and d["message"]):
        say(f"  - «{noted['file']}»: {noted['message']}")
    faulty = [d for d in deliveries if d["outcome"] == "landed" and (d["quarantined"] or d["waiting"])]
    if details and faulty:
        say("Righe in quarantena e in attesa, per file («osservatorio quarantine» dice come correggerle):")
        counts = ("rows_read", "accepted", "quarantined", "waiting")
        print_table(
            ["file", "lette", "accettate", "in quarantena", "in attesa"],
            [
                [d["file"], *(number(d[name]) for name in counts)]
                for d in sorted(faulty, key=lambda d: (-d["quarantined"], -d["waiting"]))[:SHOWN_ROWS]
            ],
            right=[1, 2, 3, 4],
        )
        if len(faulty) > SHOWN_ROWS:
            say(f"… e {quantity(len(faulty) - SHOWN_ROWS, 'altro', 'altri')} file.")


def _print_settled(settled: list[dict[str, Any]], mended: list[dict[str, Any]], *, details: bool) -> None:
    """What became of rows that earlier files had left in quarantine or waiting."""
    if landed := sum(file["landed"] for file in settled):
        say(f"Righe che aspettavano un altro dato ed entrate ora: {number(landed)}.")
    if details:
        for file in settled[:SHOWN_ROWS]:
            wrong = quantity(file["quarantined"], "riga", "righe")
            more = f", {wrong} in quarantena per un altro errore" if file["quarantined"] else ""
            say(f"  - «{file['file']}»: {quantity(file['landed'], 'riga entrata', 'righe entrate')}{more}.")
    if rows := sum(file["mended"] for file in mended):
        say(f"Righe della quarantena consegnate di nuovo: {number(rows)}.")
    if details:
        for file in mended[:SHOWN_ROWS]:
            left = (
                f", {number(file['left'])} ancora da correggere"
                if file["left"]
                else ", in quel file nessuna più da correggere"
            )
            say(f"  - «{file['file']}»: {quantity(file['mended'], 'riga tornata', 'righe tornate')}{left}.")


def print_verdict(verdict: dict[str, Any]) -> None:
    """What the checks said."""
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

    place = home_for_writing(home)
    with recorded(place, "ingest") as facts, progress_bar(quiet=as_json) as progress:
        result = ingest_only(
            place,
            folder,
            now=datetime.now().astimezone(),
            settings=Settings.of(place),
            progress=progress,
        )
        facts.update(facts_of(result))
    if as_json:
        print_json(
            {
                "deliveries": result.deliveries,
                "settled": result.settled,
                "mended": result.mended,
                "notes": result.notes,
            }
        )
    else:
        print_run(result)


def validate(home: HomeOption = None, as_of: AsOfOption = None, as_json: JsonOption = False) -> None:
    """Secondo stadio: controlla ciò che è stato caricato."""
    from osservatorio.pipeline import validate_only

    place, day = home_for_writing(home), _date(as_of)
    with recorded(place, "validate") as facts, progress_bar(quiet=as_json) as progress:
        verdict = validate_only(place, as_of=day, progress=progress)
        facts["controlli"] = verdict["outcome"]
    if as_json:
        print_json({"verdict": verdict})
    else:
        print_verdict(verdict)
    raise typer.Exit(EXIT_DONE if verdict["publishable"] else EXIT_WITHHELD)


def build(home: HomeOption = None, as_of: AsOfOption = None, anew: AnewOption = False) -> None:
    """Terzo stadio: costruisce le tabelle."""
    from osservatorio.pipeline import build_only
    from osservatorio.settings import Settings

    place, day = home_for_writing(home), _date(as_of)
    with recorded(place, "build") as facts, progress_bar() as progress:
        result = build_only(place, as_of=day, settings=Settings.of(place), anew=anew, progress=progress)
        facts.update({"tabelle": len(result["models"]), "dati al": result["as_of"]})
    if told := how_it_was_built(result["how"]):
        say(told)
    say(f"Costruite {number(len(result['models']))} tabelle con dati al {result['as_of']}.")


def publish(home: HomeOption = None) -> None:
    """Quarto stadio: pubblica. Serve che «validate» e «build» siano riusciti."""
    from osservatorio.pipeline import publish_only

    place = home_for_writing(home)
    with recorded(place, "publish") as facts:
        result = publish_only(place, now=datetime.now().astimezone())
        facts.update(facts_of(result))
    for note in result.notes:
        say(f"Avviso: {note}")
    if result.verdict:
        print_verdict(result.verdict)
    if result.release_id:
        say(f"Pubblicata la pubblicazione {result.release_id}.")
    else:
        say("PUBBLICAZIONE SOSPESA: resta in uso quella precedente, se c'era.")
    raise typer.Exit(result.exit_code)
