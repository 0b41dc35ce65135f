"""The semi-annual report of the interventions: its sections and their order."""

from dataclasses import replace

from reporting.context import Context
from reporting.cover import document
from reporting.model import Report, Section, numbered
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
from reporting.sections.sintesi import activity_figures, sintesi
from reporting.sections.soddisfazione import soddisfazione


def interventi_commentati(context: Context) -> Section:
    """The acts of service, with what the partner says of them."""
    section = interventi(context)
    comment = context.narrative(
        "commento_interventi",
        "Commento del partner agli interventi",
        "Che cosa spiega gli interventi svolti e quelli saltati: attività nuove o concluse, personale, sedi, "
        "collaborazioni con i Comuni e con gli altri servizi.",
    )
    return replace(section, blocks=(*section.blocks, comment))


def osservazioni(context: Context) -> Section:
    """What the partner met with, which no figure says."""
    difficulties = context.narrative(
        "difficolta",
        "Difficoltà incontrate e azioni intraprese",
        f"Quali difficoltà si sono incontrate {context.in_period}, in quali servizi, che cosa si è fatto e che cosa "
        "resta da fare.",
    )
    return Section("osservazioni", "Osservazioni del partner", (difficulties,))


SECTIONS = (
    casistica,
    profilo,
    interventi_commentati,
    risorse,
    reclami,
    soddisfazione,
    controlli,
    qualita,
    osservazioni,
)


def semestrale(context: Context) -> Report:
    """The report of one semester of one release (Percorso di coprogettazione, «Rendicontazioni», lettera a)."""
    body = tuple(section(context) for section in SECTIONS)
    corrected = errata(context)
    last = (corrected,) if corrected else ()
    summary = sintesi(context, activity_figures(context), (*body, *last))
    main = numbered((summary, *body, dettaglio(context)))
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
