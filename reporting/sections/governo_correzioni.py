"""Level two: the records that break a rule or cannot be assessed, with what is missing and how to mend it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from osservatorio.italian import number
from reporting import governance_queries
from reporting.context import Context
from reporting.model import Column, Format, Paragraph, Row, Section, Table
from reporting.queries import AMBITO, Record
from reporting.text import count, upper_first

FINDINGS = "mart_rule_findings"
READ = (
    "municipality_code",
    "rule_id",
    "event_date",
    "codice_ente",
    "record_id",
    "municipality_name",
    "record_name",
    "record_detail",
    "rule_title",
    "article",
    "service_code",
    "outcome_name",
    "what_is_missing",
    "cost_to_recover",
)
PRINTED = 10  # records of one rule and municipality in print; all of them are in the workbook
EVERYTHING = "Tutti i dati da verificare"


def correzioni(context: Context) -> Section:
    """The findings that count in the semester, by municipality and rule."""
    findings = _findings(context)
    if not findings:
        nothing = f"{upper_first(context.in_label)} non risultano dati da verificare."
        return Section("correzioni", "Regole da rispettare", (Paragraph(nothing),), nothing)
    lead = (
        f"{upper_first(context.in_label)} {count(len(findings), 'dato è', 'dati sono')} da verificare: una regola non è "
        "rispettata o non si può valutare."
    )
    printed = _first_of_each(findings)
    left_out = len(findings) - len(printed)
    has_costs = any(row["cost_to_recover"] for row in findings)
    note = (
        f"In stampa ci sono i primi {PRINTED} dati di ogni regola in ciascun Comune; gli altri {number(left_out)} sono nel "
        f"foglio «{EVERYTHING}» della cartella di calcolo."
        if left_out
        else ""
    )
    blocks = (
        Paragraph(f"{lead} Che cosa fare è detto una volta per regola, nella prima tabella."),
        _mending(context, findings),
        _listed(context, "correzioni", printed, "Dati da verificare", note=note),
        *(
            [
                replace(
                    _listed(context, "correzioni_tutte", findings, EVERYTHING, costs=has_costs),
                    in_print=False,
                )
            ]
            if left_out or has_costs
            else []
        ),
    )
    return Section("correzioni", "Regole da rispettare", blocks, lead)


def _findings(context: Context) -> list[Record]:
    """Of the semester's own days, in the order of municipalities and rules."""
    place = None if context.place == AMBITO else context.place
    rows = context.read(FINDINGS, READ, {"municipality_code": place})
    period = context.period
    found = [row for row in rows if row["event_date"] and period.start <= row["event_date"] <= period.end]
    order = {rule: rank for rank, rule in enumerate(governance_queries.how_to_mend(context.release))}
    return sorted(
        found,
        key=lambda row: (
            context.labels.order("municipality_code", row["municipality_code"]),
            order.get(row["rule_id"], len(order)),
            row["event_date"],
        ),
    )


def _first_of_each(findings: Sequence[Record]) -> list[Record]:
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for row in findings:
        place = (row["municipality_code"], row["rule_id"])
        seen[place] += 1
        if seen[place] <= PRINTED:
            kept.append(row)
    return kept


def _mending(context: Context, findings: Sequence[Record]) -> Table:
    """What to do about each rule that has findings, once."""
    mend = governance_queries.how_to_mend(context.release)
    rules = {row["rule_id"]: row for row in findings}
    return Table(
        "correzioni_regole",
        "Che cosa fare, regola per regola",
        "Che cosa fare",
        (FINDINGS,),
        (
            context.column(FINDINGS, "rule_id"),
            _words(context, "rule_title", 2.4),
            _words(context, "article", 1.2),
            _words(context, "how_to_mend", 3.6),
        ),
        tuple(
            Row((code,), (code, rules[code]["rule_title"], rules[code]["article"], mend[code]))
            for code in mend
            if code in rules
        ),
    )


def _listed(
    context: Context,
    key: str,
    findings: Sequence[Record],
    title: str,
    *,
    costs: bool = False,
    note: str = "",
) -> Table:
    columns = (
        _words(context, "municipality_name", 1.2),
        replace(context.column(FINDINGS, "rule_id"), weight=0.8),
        replace(context.column(FINDINGS, "record_id"), weight=1.9),
        _words(context, "service_code", 1.3),
        context.column(FINDINGS, "event_date"),
        _words(context, "outcome_name", 1.8),
        _words(context, "what_is_missing", 3.8),
        *([context.column(FINDINGS, "cost_to_recover")] if costs else []),
    )
    rows = tuple(
        Row(
            (row["municipality_code"], row["rule_id"], str(place)),
            (
                row["municipality_name"],
                row["rule_id"],
                # Of professionals the id is a pseudonym, which nobody can look up.
                row["record_detail"] or row["record_id"],
                context.labels.label("service_code", row["service_code"]) if row["service_code"] else None,
                row["event_date"],
                row["outcome_name"],
                row["what_is_missing"],
                *([row["cost_to_recover"]] if costs else []),
            ),
        )
        for place, row in enumerate(findings, 1)
    )
    return Table(key, title, title, (FINDINGS,), columns, rows, group="municipality_name", note=note)


def _words(context: Context, name: str, weight: float) -> Column:
    label = context.column(FINDINGS, "service_name" if name == "service_code" else name)
    return replace(label, key=name, format=Format.TEXT, weight=weight)
