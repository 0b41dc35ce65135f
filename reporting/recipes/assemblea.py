"""The pack for the Assemblea dei Sindaci: a year, protected; its sections and their order."""

from dataclasses import replace

from reporting.assembly.context import AssemblyContext
from reporting.cover import document
from reporting.model import Narrative, ProtectedTables, Report, numbered
from reporting.sections.assemblea_casistica import casistica
from reporting.words.narratives import Narratives

PROPOSALS = "proposte"


def testi_assemblea(words: Narratives) -> tuple[Narrative, ...]:
    """The texts that the pack asks for, as far as they are written."""
    return (
        Narrative(
            PROPOSALS,
            "Le proposte dell'Ufficio di Piano",
            "Per ogni punto da decidere, che cosa propone l'Ufficio di Piano e perché: soglie ISEE del prossimo anno, "
            "ripartizione delle risorse, rimedi alle regole sotto soglia. Il testo va a tutti i Comuni: non deve contenere "
            "casi singoli né numeri di poche persone.",
            words.lines(PROPOSALS),
        ),
    )


def assemblea(context: AssemblyContext) -> Report:
    """The pack of one year of one release (Regolamento d'Ambito; the Assembly sets thresholds and divides resources)."""
    sections = numbered((casistica(context),))
    report = document(
        context,
        "assemblea",
        "Assemblea dei Sindaci: l'anno dei servizi per la tutela dei minori",
        sections,
        about="con dati protetti",
        recipient="Assemblea dei Sindaci",
        topics=("Assemblea dei Sindaci",),
    )
    return replace(report, protected=ProtectedTables(context.view.known, context.view.tables))
