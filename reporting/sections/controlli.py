"""Controlli: the checks carried out on the services rendered."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.model import Block, Paragraph, Section, Table
from reporting.queries import TUTTI
from reporting.text import change, count, share_with_base, with_article

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


def controlli(context: Context) -> Section:
    """Section 7 of the semi-annual report."""
    by_service = context.table(
        "controlli_servizio",
        Slice(MART, ("service_code",), context.this_period(municipality_code=context.place)),
        FIGURES,
        compare=("controls",),
        title="Controlli per servizio",
        sheet="Controlli per servizio",
        note="Non compaiono i servizi senza controlli nel semestre.",
        keep=("controls",),
    )
    if by_service is None:
        nothing = f"Nel {context.period.label} non risultano controlli sulle prestazioni."
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
        title="Controlli per Comune",
        sheet="Controlli per Comune",
        keep=("controls",),
    )
    lead = _lead(context, by_service)
    blocks: list[Block | None] = [Paragraph(f"{lead} {_findings(context, by_service)}"), by_service, by_town]
    return Section("controlli", TITLE, tuple(block for block in blocks if block), lead)


def _lead(context: Context, table: Table) -> str:
    controls = table.value(TUTTI, "controls")
    before = table.value(TUTTI, "controls_before") if context.before else None
    share = share_with_base(
        table.value(TUTTI, "conformity_rate"),
        table.value(TUTTI, "services_conforming"),
        table.value(TUTTI, "services_checked"),
    )
    return (
        f"{'È stato svolto' if controls == 1 else 'Sono stati svolti'} "
        f"{count(controls, 'controllo', 'controlli')} sulle prestazioni"
        f"{change(controls, before, context.before_label)}. Le prestazioni conformi sono {with_article('il', share)}."
    )


def _findings(context: Context, table: Table) -> str:
    findings = table.value(TUTTI, "with_findings")
    if not findings:
        return "Nessun controllo ha dato luogo a rilievi."
    return (
        f"{count(findings, 'controllo ha', 'controlli hanno')} dato luogo a rilievi; di questi, al "
        f"{context.as_of_text} ne risultano chiusi {number(table.value(TUTTI, 'closed_findings'))}."
    )
