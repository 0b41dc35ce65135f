"""Conformità per articolo, for the Assembly: checks of the rules, from protected tables; those on hours and meetings as they are."""

from collections.abc import Sequence
from dataclasses import replace

from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.context import TEXT_WEIGHT
from reporting.model import Format, Heading, Paragraph, Row, Section, Table, Value, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.queries import TUTTE, Record
from reporting.sections.regole import READING
from reporting.statements import apart, named, share_since
from reporting.text import sentences, upper_first

TITLE = "Rispetto delle regole, articolo per articolo"
WHOLE = "regole_rispettate"
COUNTS = (known.COMPLIANT, known.NOT_COMPLIANT)
OPEN_COUNTS = ("checked", "compliant", "not_compliant", "compliance_rate")


def regole(context: AssemblyContext) -> Section:
    """The section on compliance in a year."""
    by_rule = rules_table(context)
    lead = rules_sentence(context)
    if by_rule is None:
        nothing = f"{upper_first(context.in_label)} non risultano verifiche delle regole."
        return Section("regole", TITLE, (Paragraph(nothing),), nothing)
    by_town = context.protected_table(
        "regole_comune",
        known.TOWN,
        "verifiche_comune",
        [*(Shown(key) for key in COUNTS), Shown(derived.COMPLIANCE, {known.RULE: TUTTE}, before=True)],
        title="Verifiche delle regole sui casi, per Comune",
        sheet="Regole per Comune",
        note="Le sole regole sui casi: la quota di tutte le regole dell'Ambito, con quelle su ore e incontri, è nel testo.",
        indicators=(WHOLE,),
    )
    blocks = present(
        Paragraph(sentences(lead, _apart(context))),
        Paragraph(READING),
        Heading("Regole sui casi"),
        by_rule,
        by_town,
        *_whole_periods(context),
    )
    return Section("regole", TITLE, blocks, lead)


def rules_sentence(context: AssemblyContext) -> str:
    """The share of all checks that were found right, where it is shown."""
    whole = context.measure(WHOLE)
    if whole is None or not whole.denominator:
        return ""
    return sentences(
        f"Verifiche delle regole con esito conforme: {whole.as_part}.",
        share_since(whole, context.measure_before(WHOLE), context.compared_label),
    )


def _apart(context: AssemblyContext) -> str:
    places = context.measures.places(WHOLE, context.period.code)
    parts = {context.labels.label("municipality_code", place): share for place, share in places.items()}
    higher, lower = apart(parts, context.measure(WHOLE))
    return sentences(
        f"La quota è minore che nell'Ambito a {named(lower)}." if lower else "",
        f"La quota è maggiore che nell'Ambito a {named(higher)}." if higher else "",
    )


def rules_table(context: AssemblyContext) -> Table | None:
    """One row per rule on records, duties first, with its article and the share of a year before."""
    table = context.protected_table(
        "regole_articolo",
        known.RULE,
        "verifiche_regola",
        [*(Shown(key) for key in COUNTS), Shown(derived.COMPLIANCE, before=True)],
        title="Verifiche delle regole sui casi, articolo per articolo",
        sheet="Regole per articolo",
        note="Non compaiono le regole senza verifiche nell'anno. Il codice dell'indicatore di ogni regola è «regola_» "
        "seguito dal codice della regola.",
        indicators=(WHOLE,),
    )
    if table is None:
        return None
    return _with_articles(context, table, {row.key[0]: row.values[1:] for row in table.body})


def _with_articles(context: AssemblyContext, table: Table, figures: dict[str, Sequence[Value]]) -> Table:
    """The table with severity (as groups), article and code of each rule beside its figures."""
    columns = (
        replace(context.column(known.RULES, "severity"), format=Format.TEXT),
        replace(context.column(known.RULES, "rule_title"), label="Che cosa chiede", weight=TEXT_WEIGHT * 1.7),
        replace(context.column(known.RULES, "article"), weight=TEXT_WEIGHT),
        *table.columns[1:],
    )
    rows = [
        Row((code,), (name, context.rules[code]["title"], context.rules[code]["article"], *figures[code]))
        for severity, name in context.labels.lists["severity"].items()
        for code in figures
        if context.rules[code]["severity"] == severity
    ]
    return replace(table, columns=columns, rows=tuple(rows), group="severity")


def _whole_periods(context: AssemblyContext) -> tuple[Heading | Paragraph | Table, ...]:
    """The rules on hours and meetings: nobody's, so they are shown as they are."""
    columns = ("rule_id", *OPEN_COUNTS)
    rows: list[Record] = [
        row
        for row in context.read(known.RULES, columns, {"period": context.period.code})
        if row["rule_id"] in context.rules
        and context.rules[row["rule_id"]]["period_kind"] != "record"
        and row["checked"]
    ]
    if not rows:
        return ()
    order = list(context.rules)
    rows.sort(key=lambda row: order.index(row["rule_id"]))
    table = Table(
        "regole_periodo",
        "Verifiche delle regole su ore e incontri, tutto l'Ambito",
        "Regole su ore e incontri",
        (known.RULES,),
        (
            replace(
                context.column(known.RULES, "rule_title"), label="Che cosa chiede", weight=TEXT_WEIGHT * 1.7
            ),
            replace(context.column(known.RULES, "article"), weight=TEXT_WEIGHT),
            *(context.column(known.RULES, name) for name in OPEN_COUNTS),
        ),
        tuple(
            Row(
                (row["rule_id"],),
                (
                    context.rules[row["rule_id"]]["title"],
                    context.rules[row["rule_id"]]["article"],
                    *(row[name] for name in OPEN_COUNTS),
                ),
            )
            for row in rows
        ),
        period=context.period.code,
    )
    what = Paragraph("Non riguardano singole persone: le loro verifiche non si oscurano.")
    return (Heading("Regole su ore e incontri"), what, table)
