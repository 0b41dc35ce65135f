"""The semi-annual report of the interventions: its cover, its sections and their order."""

from osservatorio.italian import long_date
from reporting.context import Context
from reporting.model import Callout, Fact, Report, Tone, numbered
from reporting.sections.appendici import dettaglio, note_e_definizioni
from reporting.sections.casistica import casistica
from reporting.sections.controlli import controlli
from reporting.sections.interventi import interventi
from reporting.sections.profilo import profilo
from reporting.sections.provenienza import pubblicazione, riconciliazione
from reporting.sections.qualita import qualita
from reporting.sections.reclami import reclami
from reporting.sections.risorse import risorse
from reporting.sections.sintesi import sintesi
from reporting.sections.soddisfazione import soddisfazione

ORGANISATION = "Ambito Territoriale di Seregno"
TITLE = "Rendicontazione semestrale degli interventi"
SECTIONS = (casistica, profilo, interventi, risorse, reclami, soddisfazione, controlli, qualita)


def semestrale(context: Context) -> Report:
    """The report of one semester of one release (Percorso di coprogettazione, «Rendicontazioni», lettera a)."""
    body = tuple(section(context) for section in SECTIONS)
    main = numbered((sintesi(context, body), *body, dettaglio(context)))
    sections = numbered(
        (*main, note_e_definizioni(context, main), pubblicazione(context), riconciliazione(context))
    )
    period = context.period
    return Report(
        key="semestrale",
        title=TITLE,
        subtitle=period.label.capitalize(),
        organisation=ORGANISATION,
        period_code=period.code,
        period_label=period.label,
        release_id=context.release.id,
        as_of=context.release.as_of,
        facts=_facts(context),
        notices=_notices(context),
        keywords=(
            "rendicontazione semestrale",
            "tutela minori",
            "servizi sociali",
            ORGANISATION,
            period.code,
            context.release.id,
        ),
        description=f"{TITLE} dei servizi per la tutela dei minori, {period.label}.",
        sections=sections,
    )


def _facts(context: Context) -> tuple[Fact, ...]:
    period = context.period
    return (
        Fact("Semestre", f"{period.code}, dal {long_date(period.start)} al {long_date(period.end)}"),
        Fact("Data di riferimento dei dati", long_date(context.release.as_of)),
        Fact("Stato del semestre", "concluso" if context.is_complete else "in corso, dati provvisori"),
        Fact("Confronto", context.before_label or "nessuno: il semestre dell'anno prima non è nei dati"),
        Fact("Pubblicazione", context.release.id),
        Fact("Destinatario", "Ufficio di Piano"),
    )


def _notices(context: Context) -> tuple[Callout, ...]:
    use = Callout(
        Tone.INFO,
        "Uso interno dell'Ufficio di Piano",
        ("Contiene numeri esatti, anche di pochi casi: non pubblicare e non inoltrare.",),
    )
    if context.is_complete:
        return (use,)
    running = Callout(
        Tone.WARNING,
        "Semestre non concluso",
        (
            f"I dati si fermano al {long_date(context.release.as_of)}: i numeri cresceranno e il confronto con il "
            "semestre dell'anno prima non è alla pari.",
        ),
    )
    return (running, use)
