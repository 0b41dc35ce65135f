"""The annual synthesis: complaints and their handling, satisfaction, checks; its sections and their order."""

from reporting.context import Context
from reporting.cover import document
from reporting.figures import indicator_figure, mart_figure
from reporting.model import KeyFigure, Report, numbered
from reporting.queries import TUTTI
from reporting.sections.appendici import note_e_definizioni
from reporting.sections.apprendimenti import apprendimenti
from reporting.sections.controlli_anno import controlli_dell_anno
from reporting.sections.errata import errata
from reporting.sections.provenienza import pubblicazione
from reporting.sections.qualita import qualita
from reporting.sections.reclami_anno import reclami_dell_anno
from reporting.sections.sintesi import sintesi
from reporting.sections.soddisfazione_anno import soddisfazione_dell_anno

# The extracts that the synthesis rests on: whose deliveries it lists and judges.
EXTRACTS = ("reclami", "questionari", "rilevazioni", "controlli")


def annuale(context: Context) -> Report:
    """The synthesis of one year of one release (Percorso di coprogettazione, «Rendicontazioni», lettera b)."""
    body = (
        reclami_dell_anno(context),
        soddisfazione_dell_anno(context),
        controlli_dell_anno(context),
        apprendimenti(context),
        qualita(context, EXTRACTS),
    )
    corrected = errata(context)
    last = (corrected,) if corrected else ()
    main = numbered((sintesi(context, _figures(context), (*body, *last)), *body))
    sections = numbered((*main, note_e_definizioni(context, main), pubblicazione(context, EXTRACTS), *last))
    return document(
        context,
        "annuale",
        "Sintesi annuale di reclami, soddisfazione e controlli",
        sections,
        about="sui servizi per la tutela dei minori",
        topics=("sintesi annuale", "reclami", "soddisfazione", "controlli"),
    )


def _figures(context: Context) -> tuple[KeyFigure, ...]:
    return (
        mart_figure(context, "mart_complaints", "received", service_code=TUTTI),
        indicator_figure(context, "reclami_entro_termine"),
        indicator_figure(context, "reclami_accolti"),
        mart_figure(context, "mart_complaints", "open_at_end", service_code=TUTTI),
        indicator_figure(context, "questionari_restituiti"),
        indicator_figure(context, "soddisfatti_totale"),
        mart_figure(context, "mart_controls", "controls", service_code=TUTTI),
        indicator_figure(context, "prestazioni_conformi"),
        indicator_figure(context, "controlli_con_rilievi"),
    )
