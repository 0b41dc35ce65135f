"""Che cosa si è imparato: where the figures of the year point, and what the partner makes of it."""

from reporting.context import Context, Slice
from reporting.model import Bullets, Paragraph, Section, present
from reporting.queries import TUTTE, TUTTI
from reporting.sections.controlli import MART as CONTROLS
from reporting.sections.reclami import BY_CATEGORY, by_category, reasons
from reporting.sections.soddisfazione_anno import LEAST_SATISFIED, weakest_phase
from reporting.text import listing, lower_first

LEARNT = (
    "Racconti che cosa reclami, soddisfazione e controlli hanno insegnato, che cosa è già cambiato nei servizi e che "
    "cosa resta da cambiare, con chi lo farà ed entro quando."
)


def apprendimenti(context: Context) -> Section:
    """What the year teaches: first what the figures single out, by rule, then the partner's own words."""
    points = tuple(
        point for point in (_upheld(context), _reasons(context), _weakest(context), _open(context)) if point
    )
    nothing = "I numeri dell'anno sono troppo pochi, o troppo simili fra loro, per indicare da soli un punto su cui lavorare."
    blocks = present(
        Paragraph("Dove guardano i numeri dell'anno:") if points else Paragraph(nothing),
        Bullets(points) if points else None,
        context.narrative("apprendimenti", "Che cosa si è imparato e che cosa è cambiato", LEARNT),
    )
    return Section("apprendimenti", "Che cosa si è imparato", blocks)


def _reasons(context: Context) -> str:
    categories = by_category(context)
    said = reasons(categories)
    return said if categories and "Nessun motivo" not in said else ""


def _upheld(context: Context) -> str:
    """The reasons of complaints that were found right."""
    where = context.this_period(municipality_code=context.place, service_code=TUTTI, gravity=TUTTE)
    table = context.table(
        "accolti", Slice(BY_CATEGORY, ("category",), where), ("upheld",), title="", sheet="", keep=("upheld",)
    )
    if table is None or not table.body:
        return ""
    ordered = sorted(table.body, key=lambda row: -(row.values[1] or 0))
    items = [(lower_first(str(row.values[0])), row.values[1]) for row in ordered]
    return f"Motivi dei reclami accolti, anche in parte: {listing(items)}."


def _weakest(context: Context) -> str:
    said = weakest_phase(context)
    return said if said.startswith(LEAST_SATISFIED) else ""


def _open(context: Context) -> str:
    """The services whose checks found something that is not closed yet."""
    where = context.this_period(municipality_code=context.place)
    columns = ("service_code", "with_findings", "closed_findings")
    waiting = [
        (
            context.labels.label("service_code", record["service_code"]),
            record["with_findings"] - record["closed_findings"],
        )
        for record in context.read(CONTROLS, columns, where)
        if record["service_code"] != TUTTI and record["with_findings"]
    ]
    still = [(label, value) for label, value in waiting if value]
    if not still:
        return ""
    return f"Rilievi dei controlli non ancora chiusi {context.at_as_of}: {listing(still)}."
