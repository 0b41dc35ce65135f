"""`osservatorio purge`: delete what is past its term, and prove that it is gone."""

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_writing, print_table, progress_bar, say
from osservatorio.commands.recording import recorded
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD, UserError
from osservatorio.italian import date_it, number

if TYPE_CHECKING:
    from osservatorio.purge import PurgePlan, PurgeResult

DryRunOption = Annotated[
    bool, typer.Option("--prova", help="Mostra che cosa verrebbe eliminato e non cambia nulla.")
]
OtherKeysOption = Annotated[
    bool,
    typer.Option("--altre-chiavi", help="Elimina anche le pubblicazioni fatte con una chiave precedente."),
]
YesOption = Annotated[bool, typer.Option("--si", help="Elimina senza chiedere conferma.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATA", help="Giorno AAAA-MM-GG a cui contare i termini (altrimenti oggi)."
    ),
]


def purge(
    home: HomeOption = None,
    dry_run: DryRunOption = False,
    as_of: AsOfOption = None,
    other_keys: OtherKeysOption = False,
    yes: YesOption = False,
) -> None:
    """Elimina i dati oltre il termine di conservazione. Da archivio, quarantena e pubblicazioni; poi lo prova."""
    from osservatorio.purge import purge as purge_home
    from osservatorio.settings import Settings

    place = home_for_writing(home)
    now = datetime.now().astimezone()
    day = _day(as_of, now.date())
    if not place.landing.exists():
        raise UserError(f"In «{place.root}» non è stato caricato nulla: non c'è niente da eliminare.")
    settings = Settings.of(place)

    def confirm(plan: "PurgePlan") -> bool:
        _print_plan(plan, day)
        if dry_run:
            return False
        if yes or not sys.stdin.isatty():
            return True
        return typer.prompt("Per eliminarli per sempre scrivi «elimina»", default="no").strip() == "elimina"

    with (
        recorded(place, "purge", data=day.isoformat(), prova=dry_run) as facts,
        progress_bar() as progress,
    ):
        result = purge_home(
            place,
            as_of=day,
            now=now,
            settings=settings,
            confirm=confirm,
            other_keys=other_keys,
            progress=None if sys.stdin.isatty() and not yes else progress,
        )
        facts.update(_facts(result))
    _print_result(result, dry_run)
    failed = result.withheld or (result.proof and result.proof.found)
    raise typer.Exit(EXIT_WITHHELD if failed else EXIT_DONE)


def _day(text: str | None, today: date) -> date:
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"La data «{text}» non è riconosciuta: scrivila come 2022-06-30.") from None
    if day > today:
        raise UserError(f"Il {date_it(day)} deve ancora venire: si elimina solo ciò che è già scaduto.")
    return day


def _facts(result: "PurgeResult") -> dict[str, str | int | bool | None]:
    landing, proof = result.plan.landing, result.proof
    facts: dict[str, str | int | bool | None] = {
        "eseguita": proof is not None or result.withheld is not None,
        "record": landing.records,
        "righe": sum(extract.rows for extract in landing.extracts) + landing.held_rows,
        "voci di quarantena": landing.entries,
        "pubblicazioni eliminate": len(result.removed),
        "pubblicazione": result.release_id,
    }
    if proof:
        facts |= {
            "identificativi cercati": proof.identifiers,
            "file": proof.files,
            "tabelle": proof.tables,
            "trovati": len(proof.found),
        }
    return facts


def _print_plan(plan: "PurgePlan", day: date) -> None:
    landing = plan.landing
    say(f"Dati oltre il termine di conservazione al {date_it(day)}:")
    if landing.extracts:
        print_table(
            ["estratto", "record", "righe", "scaduti dal", "al"],
            [
                [e.extract, number(e.records), number(e.rows), date_it(e.first_due), date_it(e.last_due)]
                for e in landing.extracts
            ],
            right=[1, 2],
        )
    say(f"Righe non accettate: {number(landing.held_rows)}; voci di quarantena: {number(landing.entries)}.")
    say(f"File respinti da dimenticare: {number(landing.refusals)}.")
    for release in plan.releases:
        change = ", prima la sostituisco con una nuova" if release.release_id == plan.current else ""
        say(f"Pubblicazione {release.release_id}: {release.reason}{change}.")
    if plan.interrupted:
        say("Un'eliminazione precedente è stata interrotta: la porto a termine.")


def _print_result(result: "PurgeResult", dry_run: bool) -> None:
    if result.plan.is_empty:
        say("Nessun dato è oltre il termine di conservazione.")
    elif result.withheld:
        say(
            "PUBBLICAZIONE SOSPESA: i dati scaduti non sono più nell'archivio, ma la pubblicazione in uso li contiene."
        )
        for check in (result.withheld.verdict or {}).get("blocking", []):
            say(f"  - BLOCCO: {check['message']} {check['what_to_do']}")
        for failure in result.withheld.failures[:10]:
            say(f"  - non superata la prova «{failure['name']}»: {failure['message']}")
        say("Rimedia e ripeti «osservatorio purge»: completa il lavoro.")
    elif result.proof is None:
        say("Prova: non è stato eliminato nulla." if dry_run else "Non è stato eliminato nulla.")
    else:
        _print_proof(result)


def _print_proof(result: "PurgeResult") -> None:
    proof = result.proof
    assert proof
    landing = result.plan.landing
    say(f"Eliminati {number(landing.records)} record e {number(len(result.removed))} pubblicazioni.")
    if result.release_id:
        say(f"Pubblicazione in uso: {result.release_id}.")
    say(
        f"Verifica: cercati {number(proof.identifiers)} identificativi in {number(proof.files)} file "
        f"({number(proof.file_bytes / 1e6, 1)} MB) e in {number(proof.columns)} colonne di "
        f"{number(proof.tables)} tabelle: trovati {number(len(proof.found))}."
    )
    for place in proof.found:
        say(f"  - ANCORA PRESENTE in {place}")
    if proof.found:
        say(
            "I fogli di calcolo e gli altri file esportati qui si eliminano a mano; poi ripeti «osservatorio purge». "
            "Se resta altro, avvisa chi mantiene Osservatorio."
        )
    else:
        say(
            "Le copie di sicurezza fatte prima di oggi li contengono ancora: eliminale secondo le vostre regole."
        )
