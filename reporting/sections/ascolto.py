"""Ascolto e controlli: complaints, satisfaction and checks in short; the annual synthesis has them in full."""

from reporting.context import Context
from reporting.indicator_tables import shares_over_years
from reporting.model import Heading, Paragraph, Section, present
from reporting.sections.controlli import CONFORMING, WITH_FINDINGS, findings, no_controls
from reporting.sections.controlli import lead_of as controls
from reporting.sections.controlli import totals_of as controls_of
from reporting.sections.reclami import UPHELD, WITHIN_TERM, handling, no_complaints
from reporting.sections.reclami import lead_of as complaints
from reporting.sections.reclami import totals_of as complaints_of
from reporting.sections.soddisfazione import BY_PHASE, comparison, no_waves, waves_of
from reporting.sections.soddisfazione_anno import weakest_phase
from reporting.text import sentences

TITLE = "Reclami, soddisfazione e controlli"
CODES = (WITHIN_TERM, UPHELD, "questionari_restituiti", *BY_PHASE, CONFORMING, WITH_FINDINGS)


def ascolto(context: Context) -> Section:
    """The section on what beneficiaries say and checks find, of a year."""
    received = complaints_of(context, context.period.code)
    told = received.get("received") or received.get("open_at_end")
    lead = complaints(context) if told else no_complaints(context)
    waves = waves_of(context)
    checked = controls_of(context, context.period.code).get("controls")
    blocks = present(
        Heading("Reclami"),
        Paragraph(sentences(lead, handling(context) if told else "")),
        Heading("Soddisfazione"),
        Paragraph(_satisfaction(context) if waves else no_waves(context)),
        Heading("Controlli sulle prestazioni"),
        Paragraph(sentences(controls(context), findings(context)) if checked else no_controls(context)),
        shares_over_years(
            context,
            "qualita_anni",
            CODES,
            title="Gli indicatori della qualità, anno per anno",
            sheet="Qualità negli anni",
            note="Per ogni Comune e servizio, nella sintesi annuale di reclami, soddisfazione e controlli.",
        ),
    )
    return Section("ascolto", TITLE, blocks, lead)


def _satisfaction(context: Context) -> str:
    told = sentences(comparison(context, tells_share=True), weakest_phase(context))
    return told or "Nessuna domanda ha avuto risposta."
