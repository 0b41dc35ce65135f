"""The semi-annual report of the interventions: its sections and their order."""

from reporting.context import Context
from reporting.cover import document
from reporting.model import Report, numbered
from reporting.sections.appendici import dettaglio, note_e_definizioni
from reporting.sections.casistica import casistica
from reporting.sections.controlli import controlli
from reporting.sections.errata import errata
from reporting.sections.interventi import interventi
from reporting.sections.profilo import profilo
from reporting.sections.provenienza import pubblicazione, riconciliazione
from reporting.sections.qualita import qualita
from reporting.sections.reclami import reclami
from reporting.sections.risorse import risorse
from reporting.sections.sintesi import sintesi
from reporting.sections.soddisfazione import soddisfazione

SECTIONS = (casistica, profilo, interventi, risorse, reclami, soddisfazione, controlli, qualita)


def semestrale(context: Context) -> Report:
    """The report of one semester of one release (Percorso di coprogettazione, «Rendicontazioni», lettera a)."""
    body = tuple(section(context) for section in SECTIONS)
    corrected = errata(context)
    last = (corrected,) if corrected else ()
    main = numbered((sintesi(context, (*body, *last)), *body, dettaglio(context)))
    sections = numbered(
        (*main, note_e_definizioni(context, main), pubblicazione(context), riconciliazione(context), *last)
    )
    return document(
        context,
        "semestrale",
        "Rendicontazione semestrale degli interventi",
        sections,
        about="dei servizi per la tutela dei minori",
        topics=("rendicontazione semestrale", "servizi sociali"),
    )
