"""The governance pack: two protected pages and slides for the first level, exact figures and working lists for the second.

The context of level one is a `GovernanceContext` without exact counts of persons; that of level two, which stays in the
office, is made by its recipe from the release itself.
"""

from dataclasses import replace

from reporting.context import Context
from reporting.cover import document
from reporting.disclosure.tidy import SIGN
from reporting.governance.context import GovernanceContext, exact_context
from reporting.model import Callout, Layout, Paragraph, ProtectedTables, Report, Section, Tone, numbered
from reporting.sections.governo_correzioni import correzioni
from reporting.sections.governo_decisioni import decisioni
from reporting.sections.governo_pagine import allegati, andamento, dati, decidere, lucidi, read_pack
from reporting.sections.governo_regole import tutte_le_regole
from reporting.sections.governo_scadenze import elenco, kinds, quadro
from reporting.sections.protezione import protezione

DUTY = "dei servizi per la tutela dei minori"
USE = Callout(
    Tone.INFO,
    "Dati protetti, per gli incontri di governance",
    (
        f"Per l'Ufficio di Piano, i responsabili dei Comuni e il partner. I dati che riguardano poche persone sono oscurati "
        f"({SIGN}) e non si possono ricavare dagli altri; i numeri esatti sono nell'edizione di secondo livello, che resta "
        "all'Ufficio di Piano e alle équipe.",
    ),
)
TOGETHER = (
    "Sono protetti insieme i semestri e gli anni, di quest'anno e di quello prima, anche dove il documento ne mostra una parte: "
    "un semestre protetto da solo si ricaverebbe dall'anno."
)


def governance(context: GovernanceContext) -> Report:
    """First level: Ufficio di Piano, municipal managers and partner (Percorso di coprogettazione, «Il governo
    del sistema», 1). Protected aggregates only: no record is named.
    """
    pack = read_pack(context)
    sections = numbered(
        (andamento(pack), decidere(pack), *allegati(context, pack), protezione(context, about=TOGETHER))
    )
    report = document(
        context,
        "governance",
        "Governance di primo livello",
        sections,
        about=f"{DUTY}, con i dati di poche persone oscurati",
        recipient="Ufficio di Piano, responsabili dei Comuni, partner",
        topics=("governance", "primo livello", "dati protetti"),
        use=USE,
    )
    return replace(
        report,
        layout=Layout.BRIEF,
        slides=lucidi(context, pack),
        protected=ProtectedTables(context.view.known, context.view.tables),
    )


def governance_tecnica(context: Context) -> Report:
    """Second level: the teams' monthly meetings (Percorso di coprogettazione, «Il governo del sistema», 2). The figures of
    the first level without anything withheld, and lists of records, named as their body delivered them, never persons.
    """
    exact = exact_context(context)
    pack = read_pack(exact)
    lists = (*(elenco(context, kind) for kind in kinds(context)), correzioni(context), _meetings(context))
    town = context.municipality
    points = decidere(pack)
    rules = tutte_le_regole(exact)
    return document(
        context,
        "governance_tecnica",
        "Governance di secondo livello: elenchi di lavoro",
        numbered(
            (
                quadro(exact, lists),
                andamento(pack),
                replace(points, blocks=(*points.blocks, *([rules] if rules else []))),
                *lists,
                dati(exact, (*pack.course, pack.deadlines)),
            )
        ),
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
