"""`osservatorio explain`: one figure, followed to its definition, rows, SQL, deliveries and earlier values."""

from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    print_table,
    say,
)
from osservatorio.italian import date_it, number, quantity

if TYPE_CHECKING:
    from osservatorio.explain import Explanation
    from osservatorio.explain_sources import Source

WIDTH, MARGIN = 110, 15
SHOWN_DELIVERIES = 25
SHORT = 12  # digits of a fingerprint

PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIODO", help="Semestre, mese o anno: 2022-S1, 2022-06, 2022.")
]
CodeArgument = Annotated[
    str,
    typer.Argument(
        metavar="CODICE",
        help="Indicatore, come minori_in_carico_1000, o misura di una tavola, come mart_complaints.received.",
    ),
]
TownOption = Annotated[
    str | None, typer.Option("--comune", metavar="COMUNE", help="Un Comune (altrimenti tutto l'Ambito).")
]
ServiceOption = Annotated[
    str | None, typer.Option("--servizio", metavar="CODICE", help="Un servizio (altrimenti tutti).")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COLONNA=VALORE",
        help="Un'altra colonna della riga, dove serve, come area=equipe_territoriale; ripetibile.",
    ),
]
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="ID",
        help="Pubblicazione da usare, anche «precedente» (altrimenti quella in uso).",
    ),
]
AllOption = Annotated[
    bool, typer.Option("--tutto", help="Mostra anche il testo di tutti i modelli e tutte le consegne.")
]


def explain(
    period: PeriodArgument,
    code: CodeArgument,
    town: TownOption = None,
    service: ServiceOption = None,
    where: WhereOption = None,
    release_id: ReleaseOption = None,
    everything: AllOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Spiega una cifra. Che cosa misura, da quali righe e consegne viene, come si calcola, quanto valeva prima."""
    from osservatorio import explain as figures
    from osservatorio.catalogue import find_release
    from osservatorio.explain_json import explanation_as_json

    place = home_for_reading(home)
    found = figures.explain(
        place,
        period,
        code,
        comune=town,
        servizio=service,
        where=where or (),
        release_id=find_release(place, release_id) if release_id else None,
    )
    if as_json:
        print_json(explanation_as_json(found))
        return
    _print_figure(found)
    _print_history(found)
    _print_deliveries(found, everything)
    _print_sources(found, everything)


def _print_figure(found: "Explanation") -> None:
    from osservatorio import explain_texts as texts

    manifest = found.manifest
    say(texts.title(found))
    say(texts.place(found))
    say(f"Pubblicazione {manifest['release_id']}, dati al {date_it(date.fromisoformat(manifest['as_of']))}")
    say()
    for label, text in texts.facts(found):
        _say_wrapped(label, text)
    for row in found.rows:
        say()
        say(texts.row_title(row))
        print_table(["  colonna", "valore", "nome"], texts.row_lines(row))


def _say_wrapped(label: str, text: str) -> None:
    first, *rest = wrap(text, WIDTH - MARGIN) or [""]
    say(f"{label.ljust(MARGIN)}{first}")
    for line in rest:
        say(f"{' ' * MARGIN}{line}")


def _print_sources(found: "Explanation", everything: bool) -> None:
    from osservatorio import explain_texts as texts
    from osservatorio.explain_sources import State

    sources = found.sources
    say()
    say(f"Per leggerla dal file releases/{found.manifest['release_id']}.duckdb:")
    _say_sql(f"{found.query};")
    say("Come si calcola")
    for source in sources.main:
        _print_source(source)
    behind = [*sources.behind, *sources.formulas]
    if behind:
        say(
            "I modelli e le formule su cui poggia, dal più vicino"
            + ("" if everything else " (i testi: --tutto)")
        )
        lines = [texts.source_line(source) for source in behind]
        if all(source.state is State.SAME for source in behind):
            print_table(["nome", "file"], [line[:2] for line in lines])
            say("Sono tutti quelli che hanno fatto la pubblicazione.")
        else:
            print_table(["nome", "file", "testo installato"], lines)
    else:
        say(
            "La pubblicazione non elenca i modelli su cui poggia: è di una versione precedente del programma."
        )
    if sources.lists:
        say(f"Gli elenchi: {', '.join(sources.lists)}.")
    if everything:
        say()
        for source in behind:
            _print_source(source)


def _print_source(source: "Source") -> None:
    from osservatorio import explain_texts as texts

    name, path, state = texts.source_line(source)
    say(f"{name} ({path}): {state}")
    if source.sql:
        _say_sql(source.sql)


def _say_sql(text: str) -> None:
    say()
    for line in text.splitlines():
        say(f"    {line}" if line else "")
    say()


def _print_deliveries(found: "Explanation", everything: bool) -> None:
    from osservatorio import explain_texts as texts

    deliveries = found.deliveries
    say()
    accepted = sum(delivery["accepted"] for delivery in deliveries)
    quarantined = sum(delivery["quarantined"] for delivery in deliveries)
    say(
        f"Le consegne su cui poggia: {number(len(deliveries))}, di {', '.join(found.extracts)}; "
        f"{quantity(accepted, 'riga accettata', 'righe accettate')}, {number(quarantined)} in quarantena"
    )
    shown = deliveries if everything else deliveries[-SHOWN_DELIVERIES:]
    if not shown:
        return
    print_table(
        ["file", "ente", "estratto", "estrazione", "accettate", "quarantena", "impronta"],
        [
            [
                delivery["file"],
                texts.body(delivery["codice_ente"]),
                delivery["extract"],
                texts.extraction(delivery),
                number(delivery["accepted"]),
                number(delivery["quarantined"]),
                delivery["sha256"] if everything else delivery["sha256"][:SHORT],
            ]
            for delivery in shown
        ],
        right=[4, 5],
    )
    if len(shown) < len(deliveries):
        say(f"… e altre {number(len(deliveries) - len(shown))}: aggiungi --tutto.")


def _print_history(found: "Explanation") -> None:
    from osservatorio import explain_texts as texts

    say()
    say("La stessa cifra nelle pubblicazioni, dalla prima")
    has_counts = any(texts.counts(step) for step in found.history)
    print_table(
        [
            "pubblicazione",
            "dati al",
            "valore",
            "differenza",
            *(["numeratore / denominatore"] if has_counts else []),
        ],
        [
            [
                step.release_id,
                date_it(date.fromisoformat(step.manifest["as_of"])),
                texts.step_value(step, found),
                texts.step_difference(step, found),
                *([texts.counts(step)] if has_counts else []),
            ]
            for step in found.history
        ],
        right=[2, 3, 4] if has_counts else [2, 3],
    )
    for step in found.history:
        if step.causes:
            say(f"Che cosa è cambiato con {step.release_id}:")
            for line in texts.causes(step.causes):
                say(f"  - {line}")
    if not any(step.is_moved for step in found.history):
        say("Non è mai cambiata." if len(found.history) > 1 else "Non ci sono pubblicazioni precedenti.")
    if found.later:
        verb = "c'è" if found.later == 1 else "ci sono"
        say(f"Dopo questa {verb} {quantity(found.later, 'altra pubblicazione', 'altre pubblicazioni')}.")
