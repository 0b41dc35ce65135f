"""Deadlines at the reference date: how many of each kind, and the working lists of the teams."""

from dataclasses import replace

from osservatorio.italian import join_words, long_date, number
from reporting import governance_queries
from reporting.context import Context
from reporting.drawing.vega import worth_drawing
from reporting.governance import derived
from reporting.governance import known as own
from reporting.governance.context import GovernanceContext
from reporting.model import (
    Block,
    Bullets,
    Chart,
    ChartKind,
    Column,
    Format,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Row,
    Section,
    Table,
    is_known,
    present,
)
from reporting.protected.context import Shown
from reporting.queries import AMBITO, Record
from reporting.sections.governo_temi import Topic
from reporting.text import count, none_or_count

COUNTS, LISTS = "mart_deadline_counts", "mart_deadlines"
AT_AS_OF = "Situazione al {}, qualunque sia il periodo del documento."
COUNTED = ("oldest_due_date", "next_due_date", "overdue", "upcoming", "deadlines")
READ = (
    "due_date",
    "record_id",
    "codice_ente",
    "municipality_code",
    "municipality_name",
    "service_code",
    "detail",
    "days_left",
    "is_overdue",
)


def scadenze(context: GovernanceContext) -> Topic:
    """How many deadlines of each kind are past due and how many lie ahead; days are told by the working lists alone."""
    table = context.protected_table(
        "governo_scadenze",
        own.DEADLINE,
        "scadenze",
        [Shown(own.OVERDUE), Shown(own.UPCOMING), Shown(derived.DEADLINES)],
        codes=[code for code in context.deadlines if context.has_deadlines],
        keep_all=True,
        title=f"Scadenze al {context.as_of_text}",
        sheet="Scadenze",
        note=AT_AS_OF.format(context.as_of_text),
    )
    if table is None:
        return Topic("Non ci sono ancora prese in carico da cui ricavare le scadenze.")
    return Topic(_how_many(context), table, _chart(context, table))


def _how_many(context: GovernanceContext) -> str:
    """How many in all; nothing of what is withheld."""
    past, ahead = (context.value(key) for key in (own.OVERDUE, own.UPCOMING))
    parts = [
        f"{count(past, 'scadenza è passata', 'scadenze sono passate')}" if is_known(past) else "",
        f"{count(ahead, 'scadenza è vicina', 'scadenze sono vicine')}" if is_known(ahead) else "",
    ]
    told = join_words([part for part in parts if part])
    return f"Al {context.as_of_text} {told}." if told else f"Scadenze al {context.as_of_text}."


def _chart(context: GovernanceContext, table: Table) -> Chart | None:
    """The kinds of deadline with something past due or ahead."""
    place = table.position(own.OVERDUE)
    said = [
        f"{row.values[0]} {number(row.values[place])}"
        for row in table.body
        if is_known(row.values[place]) and row.values[place]
    ]
    chart = Chart(
        "grafico_governo_scadenze",
        f"Scadenze passate e vicine al {context.as_of_text}",
        ChartKind.BARS,
        table.key,
        own.DEADLINE,
        (own.OVERDUE, own.UPCOMING),
        f"Barre orizzontali, due per tipo di scadenza. Passate: {join_words(said) or 'nessuna di cui si possa dire'}.",
        names=("scadute", "in scadenza"),
    )
    return worth_drawing(chart, table)


def counted(context: Context, place: str = "") -> list[Record]:
    """The counts of each kind in a place, by default the edition's own, in display order."""
    names = ("deadline_order", "deadline_kind", "deadline_name", *COUNTED)
    return context.read(COUNTS, names, {"municipality_code": place or context.place})


def per_comune(context: Context) -> Table | None:
    """The deadlines of each municipality that has any, for the edition of the whole Ambito."""
    names = (
        "municipality_code",
        "municipality_name",
        "deadline_order",
        "deadline_kind",
        "deadline_name",
        *COUNTED,
    )
    rows = [
        row
        for row in context.read(COUNTS, names, {})
        if row["deadlines"] and row["municipality_code"] != AMBITO
    ]
    if context.place != AMBITO or not rows:
        return None
    rows.sort(
        key=lambda row: (
            context.labels.order("municipality_code", row["municipality_code"]),
            row["deadline_order"],
        )
    )
    return _counts(
        context,
        "governo_scadenze_comune",
        rows,
        by="deadline_name",
        group="municipality_name",
        title=f"Scadenze per Comune al {context.as_of_text}",
        sheet="Scadenze per Comune",
    )


def quadro(context: GovernanceContext, lists: tuple[Section, ...]) -> Section:
    """Level two: how many of everything with the first days, and what each list says."""
    topic = scadenze(context)
    kinds = counted(context)
    by_kind = _counts(
        context,
        "scadenze_tipo",
        kinds,
        by="deadline_name",
        title=f"Scadenze al {context.as_of_text}, con la più vecchia e la prossima",
        sheet="Scadenze per tipo",
    )
    blocks = present(
        Paragraph(topic.message),
        KeyFigures(tuple(_overdue(context, row) for row in kinds), ""),
        by_kind if kinds else None,
        per_comune(context),
        Heading("In breve"),
        Bullets(tuple(section.lead for section in lists if section.lead)),
    )
    return Section("quadro", "Quadro", blocks, topic.message)


def _overdue(context: Context, row: Record) -> KeyFigure:
    """Deadlines of a kind that are past due, with those that are near."""
    column = context.column(COUNTS, "overdue")
    label = f"{row['deadline_name']}: {column.label.lower()}"
    ahead = f"{number(row['upcoming'])} in scadenza"
    return KeyFigure(
        COUNTS, replace(column, key=row["deadline_kind"], label=label), row["overdue"], note=ahead
    )


def elenco(context: Context, kind: Record) -> Section:
    """Level two: the records of a kind of deadline, by municipality and day, with what to do."""
    place = None if context.place == AMBITO else context.place
    rows = context.read(LISTS, READ, {"municipality_code": place, "deadline_kind": kind["deadline_kind"]})
    until = f"entro {number(kind['horizon_days'])} giorni dal {long_date(context.release.as_of)}"
    source = f"{kind['document']}, {kind['article']}"
    if not rows:
        nothing = f"{kind['name']}: nessuna scadenza passata o {until}."
        return Section(
            kind["deadline_kind"], kind["name"], (Paragraph(f"{nothing} {kind['due_text']}"),), nothing
        )
    past = sum(bool(row["is_overdue"]) for row in rows)
    lead = f"{kind['name']}: {none_or_count(past, 'nessun termine passato', 'termine passato', 'termini passati')}, {number(len(rows) - past)} {until}."
    blocks: tuple[Block, ...] = (
        Paragraph(f"{lead} {kind['what_to_do']}"),
        _list(context, kind, rows, f"Termine: {_lower(kind['due_text'])} Fonte del dovere: {source}."),
    )
    return Section(kind["deadline_kind"], kind["name"], blocks, lead)


def kinds(context: Context) -> list[Record]:
    """The kinds of deadline, in display order."""
    return governance_queries.deadline_kinds(context.release)


def _counts(
    context: Context,
    key: str,
    rows: list[Record],
    *,
    by: str,
    title: str,
    sheet: str,
    group: str | None = None,
) -> Table:
    heads = [group, by] if group else [by]
    return Table(
        key,
        title,
        sheet,
        (COUNTS,),
        (
            *(replace(context.column(COUNTS, name), weight=2.4) for name in heads),
            *(context.column(COUNTS, name) for name in COUNTED),
        ),
        tuple(
            Row(
                (*([row["municipality_code"]] if group else []), row["deadline_kind"]),
                (*(row[name] for name in heads), *(row[name] for name in COUNTED)),
            )
            for row in rows
        ),
        group=group,
        note=AT_AS_OF.format(context.as_of_text),
    )


def _list(context: Context, kind: Record, rows: list[Record], note: str) -> Table:
    rows = sorted(
        rows,
        key=lambda row: (
            context.labels.order("municipality_code", row["municipality_code"]),
            row["due_date"],
            row["record_id"],
        ),
    )
    has_service = any(row["service_code"] for row in rows)
    columns: list[Column] = [
        _words(context, "municipality_name", 1.2),
        context.column(LISTS, "record_id"),
        *([replace(_words(context, "service_name", 1.4), key="service_code")] if has_service else []),
        _words(context, "detail", 2.2),
        *(context.column(LISTS, name) for name in ("due_date", "is_overdue", "days_left")),
    ]
    return Table(
        f"elenco_{kind['deadline_kind']}",
        f"{kind['name']} al {context.as_of_text}",
        kind["name"][:26].strip(),
        (LISTS,),
        tuple(columns),
        tuple(
            Row(
                (row["codice_ente"], row["record_id"]),
                (
                    row["municipality_name"],
                    row["record_id"],
                    *(
                        [context.labels.label("service_code", row["service_code"] or "")]
                        if has_service
                        else []
                    ),
                    row["detail"],
                    row["due_date"],
                    row["is_overdue"],
                    row["days_left"],
                ),
            )
            for row in rows
        ),
        group="municipality_name",
        note=note,
    )


def _words(context: Context, name: str, weight: float) -> Column:
    return replace(context.column(LISTS, name), format=Format.TEXT, weight=weight)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
