"""The pack for the Assemblea dei Sindaci: a year and what changed since the one before, from protected tables only.

The context is an `AssemblyContext`: it has no exact count of persons to give.
"""

from dataclasses import replace

from reporting.assembly.context import AssemblyContext
from reporting.cover import document
from reporting.disclosure.tidy import SIGN
from reporting.model import Callout, Fact, Narrative, ProtectedTables, Report, Tone, numbered
from reporting.sections.appendici import note_e_definizioni
from reporting.sections.assemblea_ascolto import reclami, soddisfazione
from reporting.sections.assemblea_casistica import casistica
from reporting.sections.assemblea_compartecipazione import compartecipazione
from reporting.sections.assemblea_decisioni import decidere, decisions
from reporting.sections.assemblea_lucidi import lucidi
from reporting.sections.assemblea_regole import regole
from reporting.sections.assemblea_risorse import risorse
from reporting.sections.assemblea_servizi import servizi
from reporting.sections.assemblea_sintesi import sintesi
from reporting.sections.protezione import protezione
from reporting.sections.provenienza import sola_pubblicazione
from reporting.sections.qualita import qualita
from reporting.words.narratives import Narratives

PROPOSALS = "proposte"
SECTIONS = (casistica, servizi, risorse, compartecipazione, regole, reclami, soddisfazione)
USE = Callout(
    Tone.INFO,
    "Dati protetti, per l'Assemblea",
    (
        f"I dati che riguardano poche persone sono oscurati ({SIGN}) e non si possono ricavare dagli altri. Il fascicolo è "
        "per i lavori dell'Assemblea; i dati da pubblicare sono un'altra esportazione.",
    ),
)
CONFIDENTIALITY = Fact(
    "Riservatezza",
    f"I dati che riguardano poche persone sono oscurati e al loro posto c'è {SIGN}; altri lo sono perché quelli non si "
    "ricavino. Non ci sono nomi, codici fiscali o altri identificativi delle persone. L'appendice «Come sono protetti i "
    "dati» dice come e quanti.",
)

DIFFERENCES = (
    "Anche la differenza fra due numeri mostrati conta come un dato: chi non è più in carico a fine anno, chi non deve pagare "
    "nulla, i reclami non accolti. Nel file CSV queste differenze sono scritte per esteso."
)
AGAIN = (
    "La stessa prova la può rifare chiunque sul file CSV che accompagna il documento, con «osservatorio disclosure audit "
    "CARTELLA»."
)


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
    """The pack of one year of one release."""
    points = decisions(context)
    (proposals,) = testi_assemblea(context.words)
    body = (
        *(section(context) for section in SECTIONS),
        replace(qualita(context, with_examples=False), lead=""),
        decidere(context, points, proposals),
    )
    main = numbered((sintesi(context, points), *body))
    sections = numbered(
        (
            *main,
            protezione(context, differences=DIFFERENCES, again=AGAIN),
            note_e_definizioni(context, main, are_printed=False, confidentiality=CONFIDENTIALITY),
            sola_pubblicazione(context),
        )
    )
    report = document(
        context,
        "assemblea",
        "Fascicolo per l'Assemblea dei Sindaci",
        sections,
        about="sui servizi per la tutela dei minori, con i dati di poche persone oscurati",
        recipient="Assemblea dei Sindaci",
        topics=("Assemblea dei Sindaci", "dati protetti"),
        use=USE,
    )
    return replace(
        report,
        slides=lucidi(context, report, points),
        protected=ProtectedTables(context.view.known, context.view.tables),
    )
