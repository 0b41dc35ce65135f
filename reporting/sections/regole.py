"""Rispetto delle regole: what the regulation, the co-design and the law ask, article by article."""

from dataclasses import replace

from osservatorio.italian import number
from reporting.context import TEXT_WEIGHT, Context, Slice
from reporting.model import Format, Paragraph, Row, Section, Table, present
from reporting.queries import TUTTE, Record
from reporting.statements import apart, named, share_against, share_since
from reporting.text import count, sentences, upper_first, verb

MART = "mart_rule_compliance"
TITLE = "Rispetto delle regole"
WHOLE = "regole_rispettate"
COUNTS = ("checked", "compliant", "not_compliant", "not_assessable", "compliance_rate")
SHOWN = ("checked", "not_compliant", "not_assessable", "compliance_rate")
READING = (
    "Una violazione è il mancato rispetto di un dovere assoluto, un avviso di ciò che il documento chiede «di norma». "
    "Le verifiche non valutabili, perché manca un dato o il termine non è passato, non entrano nella quota."
)


def regole(context: Context) -> Section:
    """The section on compliance, of a year."""
    records = _rules(context, context.period.code)
    checked = [record for record in records if record["checked"] and not record["is_not_recorded"]]
    if not checked:
        nothing = f"{upper_first(context.in_label)} non risultano verifiche delle regole {context.where}."
        return Section("regole", TITLE, (Paragraph(nothing),), nothing)
    whole = context.measure(WHOLE)
    lead = _lead(context)
    blocks = present(
        Paragraph(
            sentences(
                lead,
                share_against(whole, context.measure_around(WHOLE)),
                _apart(context),
                _respected(checked),
            )
        ),
        Paragraph(READING),
        _table(context, checked),
        _by_town(context),
    )
    return Section("regole", TITLE, blocks, lead)


def _rules(context: Context, period: str) -> list[Record]:
    """Every rule but the total, in the order of the list."""
    columns = ("rule_order", "rule_id", "rule_title", "article", "severity", *COUNTS, "is_not_recorded")
    where = {"period": period, "municipality_code": context.place}
    return [record for record in context.read(MART, columns, where) if record["rule_id"] != TUTTE]


def _lead(context: Context) -> str:
    whole = context.measure(WHOLE)
    if whole is None or not whole.denominator:
        return f"{upper_first(context.in_period)} nessuna verifica delle regole si è potuta valutare."
    return sentences(
        f"Verifiche delle regole con esito conforme: {whole.as_part}.",
        share_since(whole, context.measure_before(WHOLE), context.compared_label),
    )


def _respected(records: list[Record]) -> str:
    full = sum(record["not_compliant"] == 0 and bool(record["compliant"]) for record in records)
    judged = sum(bool(record["compliant"] or record["not_compliant"]) for record in records)
    if not judged:
        return ""
    rules = count(judged, "regola valutata", "regole valutate")
    if full == judged:
        return (
            "La sola regola valutata è sempre rispettata."
            if full == 1
            else f"Le {rules} sono sempre rispettate."
        )
    return f"Su {rules}, {number(full)} {verb(full, 'è sempre rispettata', 'sono sempre rispettate')}."


def _apart(context: Context) -> str:
    if context.municipality:
        return ""
    places = context.measures.places(WHOLE, context.period.code)
    parts = {context.labels.label("municipality_code", place): share for place, share in places.items()}
    higher, lower = apart(parts, context.measure(WHOLE))
    return sentences(
        f"La quota è minore che nell'Ambito a {named(lower)}." if lower else "",
        f"La quota è maggiore che nell'Ambito a {named(higher)}." if higher else "",
    )


def _table(context: Context, records: list[Record]) -> Table:
    """One row per rule, duties first, with what it asks, its article, and the share of a year before."""
    earlier = (
        {record["rule_id"]: record for record in _rules(context, context.before.code)}
        if context.before
        else {}
    )
    rate = context.column(MART, "compliance_rate")
    columns = [
        replace(context.column(MART, "severity"), format=Format.TEXT),
        replace(context.column(MART, "rule_id"), label="Regola", weight=1.0),
        replace(context.column(MART, "rule_title"), label="Che cosa chiede", weight=TEXT_WEIGHT * 1.7),
        replace(context.column(MART, "article"), weight=TEXT_WEIGHT),
        *(context.column(MART, name) for name in SHOWN),
    ]
    if context.before:
        label = f"{rate.label}, {context.before.code}"
        meaning = f"come «{rate.label}», nell'{context.before.label}."
        columns.append(
            replace(rate, key="compliance_rate_before", label=label, term=label, definition=meaning)
        )
    severities = list(context.labels.lists["severity"].items())
    rows = []
    for code, name in severities:
        for record in (record for record in records if record["severity"] == code):
            before = (earlier.get(record["rule_id"], {}).get("compliance_rate"),) if context.before else ()
            values = (
                name,
                *(record[key] for key in ("rule_id", "rule_title", "article", *SHOWN)),
                *before,
            )
            rows.append(Row((record["rule_id"],), values))
    return Table(
        "regole_articolo",
        "Verifiche delle regole, articolo per articolo",
        "Regole per articolo",
        (MART,),
        tuple(columns),
        tuple(rows),
        group="severity",
        note="Non compaiono le regole senza verifiche nell'anno. Il codice dell'indicatore di ogni regola è "
        "«regola_» seguito dal codice della regola.",
        indicators=(WHOLE,),
    )


def _by_town(context: Context) -> Table | None:
    return context.table(
        "regole_comune",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, rule_id=TUTTE),
        ),
        COUNTS,
        compare=("compliance_rate",),
        title=f"Verifiche delle regole {context.by_town}",
        sheet="Regole per Comune",
        indicators=(WHOLE,),
        keep=("checked",),
    )
