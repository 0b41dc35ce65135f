"""The governance pack: two pages and slides for the first level, the working lists of the teams for the second."""

from dataclasses import replace

from reporting.context import Context
from reporting.cover import document
from reporting.governance_queries import require_marts
from reporting.model import Callout, Layout, Paragraph, Report, Section, Tone, numbered
from reporting.sections.governo_correzioni import correzioni
from reporting.sections.governo_decisioni import decisioni
from reporting.sections.governo_pagine import allegati, andamento, decidere, lucidi, read_pack
from reporting.sections.governo_scadenze import elenco, kinds, quadro

NEEDS = ("mart_deadlines", "mart_deadline_counts", "mart_meetings", "mart_budget_progress")
DUTY = "dei servizi per la tutela dei minori"


def governance(context: Context) -> Report:
    """First level: Ufficio di Piano, municipal managers and partner (Percorso di coprogettazione, «Il governo
    del sistema», 1). Aggregates only: no record is named.
    """
    require_marts(context.release, NEEDS)
    pack = read_pack(context)
    sections = numbered((andamento(pack), decidere(pack), *allegati(context, pack)))
    report = document(
        context,
        "governance",
        "Governance di primo livello",
        sections,
        about=DUTY,
        recipient="Ufficio di Piano, responsabili dei Comuni, partner",
        topics=("governance", "primo livello"),
    )
    return replace(report, layout=Layout.BRIEF, slides=lucidi(context, pack))


def governance_tecnica(context: Context) -> Report:
    """Second level: the teams' monthly meetings (Percorso di coprogettazione, «Il governo del sistema», 2). Records are
    named as their body delivered them, never persons.
    """
    require_marts(context.release, NEEDS)
    lists = (*(elenco(context, kind) for kind in kinds(context)), correzioni(context), _meetings(context))
    town = context.municipality
    return document(
        context,
        "governance_tecnica",
        "Governance di secondo livello: elenchi di lavoro",
        numbered((quadro(context, lists), *lists)),
        about=DUTY,
        recipient=f"Équipe territoriale di {town.name}" if town else "Équipe territoriali",
        topics=("governance", "secondo livello", "elenchi di lavoro"),
        notices=(
            Callout(
                Tone.WARNING,
                "Elenchi di situazioni singole",
                (
                    "Ogni riga porta l'identificativo con cui l'ente ha consegnato il dato, che chi ha in carico il caso sa "
                    "ritrovare nel gestionale; non ci sono nomi, codici fiscali o date di nascita. Il documento è per la "
                    "sola équipe indicata.",
                ),
            ),
        ),
    )


def _meetings(context: Context) -> Section:
    topic = decisioni(context)
    return Section(
        "incontri",
        "Decisioni da attuare",
        (Paragraph(topic.message), *([topic.table] if topic.table else [])),
        topic.message,
    )
