"""The overall evaluation of a year, with critical aspects and strengths: its sections and their order."""

from collections.abc import Callable

from reporting.context import Context
from reporting.cover import document
from reporting.model import Paragraph, Report, Section, numbered
from reporting.sections.appendici import note_e_definizioni
from reporting.sections.ascolto import ascolto
from reporting.sections.aspetti import aspetti_critici, punti_di_forza, regole_degli_aspetti
from reporting.sections.casistica import casistica
from reporting.sections.compartecipazione import compartecipazione
from reporting.sections.contatto import contatto
from reporting.sections.costi import costi
from reporting.sections.errata import errata
from reporting.sections.flusso import flusso
from reporting.sections.fuori_famiglia import fuori_famiglia
from reporting.sections.governo import governo
from reporting.sections.interventi import interventi
from reporting.sections.personale import personale
from reporting.sections.profilo import profilo
from reporting.sections.proposte import proposte
from reporting.sections.provenienza import pubblicazione
from reporting.sections.qualita import qualita
from reporting.sections.regole import regole
from reporting.sections.risorse import risorse
from reporting.sections.sintesi import activity_figures, sintesi

Maker = Callable[[Context], Section]

BODY: tuple[Maker, ...] = (
    casistica,
    profilo,
    flusso,
    interventi,
    fuori_famiglia,
    contatto,
    personale,
    risorse,
    costi,
    compartecipazione,
    ascolto,
    regole,
    governo,
    qualita,
)
# Sections on the Ambito as a whole, which have nothing to say of one municipality.
OF_AMBITO: tuple[Maker, ...] = (governo,)

OVERALL = (
    "Racconti in una pagina come è andato l'anno: che cosa è stato fatto e con quali risultati, che cosa non ha "
    "funzionato, che cosa è cambiato rispetto all'anno prima."
)


def valutazione(context: Context) -> Report:
    """The evaluation of one year of one release (Percorso di coprogettazione, «Rendicontazioni», lettera c)."""
    overall = _overall(context)
    body = tuple(make(context) for make in BODY if context.municipality is None or make not in OF_AMBITO)
    # Numbered once so that the aspects can say in which section their figures stand.
    placed = numbered((overall, *body))[1:]
    critical, strengths = aspetti_critici(context, placed), punti_di_forza(context, placed)
    closing = (critical, strengths, proposte(context))
    corrected = errata(context)
    last = (corrected,) if corrected else ()
    summary = sintesi(context, activity_figures(context), (critical, *body, *last))
    main = numbered((summary, overall, *body, *closing))
    sections = numbered(
        (
            *main,
            regole_degli_aspetti(context),
            note_e_definizioni(context, main, are_printed=False),
            pubblicazione(context, is_listed=False),
            *last,
        )
    )
    return document(
        context,
        "valutazione",
        "Valutazione complessiva delle attività",
        sections,
        about="dei servizi per la tutela dei minori",
        topics=("valutazione", "aspetti critici", "servizi sociali"),
    )


def _overall(context: Context) -> Section:
    """The evaluation in its author's own words comes first; the figures follow."""
    told = context.narrative(
        "valutazione_complessiva", f"La valutazione {context.of_author}, con le sue parole", OVERALL
    )
    what = Paragraph("Le sezioni che seguono mostrano i numeri su cui poggia questa valutazione.")
    return Section("valutazione_complessiva", "Valutazione complessiva", (told, what))
