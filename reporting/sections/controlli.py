"""Controlli: the checks carried out on the services rendered."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.model import Paragraph, Section, present
from reporting.queries import TUTTI, Record
from reporting.statements import count_change, share_against, share_since
from reporting.text import SMALL, count, sentences, upper_first, verb

MART = "mart_controls"
TITLE = "Controlli sulle prestazioni"
FIGURES = (
    "controls",
    "services_checked",
    "services_conforming",
    "conformity_rate",
    "with_findings",
    "closed_findings",
    "median_days_to_close",
)
CONFORMING, WITH_FINDINGS = "prestazioni_conformi", "controlli_con_rilievi"


def controlli(context: Context) -> Section:
    """The section on the checks of the semi-annual report."""
    by_service = context.table(
        "controlli_servizio",
        Slice(MART, ("service_code",), context.this_period(municipality_code=context.place)),
        FIGURES,
        compare=("controls",),
        title="Controlli per servizio",
        sheet="Controlli per servizio",
        note=f"Non compaiono i servizi senza controlli {context.in_period}.",
        keep=("controls",),
    )
    if by_service is None:
        nothing = no_controls(context)
        return Section("controlli", TITLE, (Paragraph(nothing),), nothing)
    by_town = context.table(
        "controlli_comune",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, service_code=TUTTI),
        ),
        FIGURES,
        compare=("controls",),
        title=f"Controlli {context.by_town}",
        sheet="Controlli per Comune",
        keep=("controls",),
    )
    lead = lead_of(context)
    around = share_against(context.measure(CONFORMING), context.measure_around(CONFORMING))
    blocks = present(Paragraph(sentences(lead, around, findings(context))), by_service, by_town)
    return Section("controlli", TITLE, blocks, lead)


def no_controls(context: Context) -> str:
    """What to say where there is nothing to tell."""
    return f"{upper_first(context.in_label)} non risultano controlli sulle prestazioni {context.where}."


def totals_of(context: Context, period_code: str) -> Record:
    """The figures of all services in a period; empty when there are none."""
    where = {"period": period_code, "municipality_code": context.place, "service_code": TUTTI}
    return next(iter(context.read(MART, FIGURES, where)), {})


def lead_of(context: Context) -> str:
    """How many checks there were, against a year before, and how much of what was checked conformed."""
    now = totals_of(context, context.period.code)
    before = totals_of(context, context.comparable.code) if context.comparable else {}
    controls = now.get("controls")
    sentence = (
        f"{verb(controls, 'È stato svolto', 'Sono stati svolti')} {count(controls, 'controllo', 'controlli')} sulle "
        f"prestazioni{count_change(controls, before.get('controls'), context.compared_label)}."
    )
    conforming = context.measure(CONFORMING)
    if conforming is None or not conforming.denominator:
        return sentence
    return sentences(
        sentence,
        f"Prestazioni conformi fra quelle verificate: {conforming.as_part}.",
        share_since(conforming, context.measure_before(CONFORMING), context.compared_label),
    )


def findings(context: Context) -> str:
    """How many checks found something wrong, against a year before, and how many of those were closed since."""
    now = totals_of(context, context.period.code)
    found, closed = now.get("with_findings"), now.get("closed_findings") or 0
    if not found:
        return "Nessun controllo ha dato luogo a rilievi."
    share = context.measure(WITH_FINDINGS)
    how_many = share.as_part if share and share.denominator else number(found)
    return sentences(
        f"Controlli con rilievi: {how_many}; {context.at_as_of} {_closed(found, closed)}.",
        _days(now),
        share_since(share, context.measure_before(WITH_FINDINGS), context.compared_label),
    )


def _closed(found: int, closed: int) -> str:
    if closed == found:
        return verb(found, "il rilievo risulta chiuso", "risultano chiusi tutti")
    if not closed:
        return verb(found, "il rilievo non risulta ancora chiuso", "non ne risulta chiuso nessuno")
    return f"{verb(closed, 'ne risulta chiuso', 'ne risultano chiusi')} {number(closed)}"


def _days(now: Record) -> str:
    days, closed = now.get("median_days_to_close"), now.get("closed_findings") or 0
    if days is None or closed < 2:
        return ""
    few = ", ma i rilievi chiusi sono pochi" if closed < SMALL else ""
    shown = count(days, "giorno", "giorni", 0 if float(days).is_integer() else 1)
    return f"La metà dei rilievi chiusi ha richiesto al più {shown}{few}."
