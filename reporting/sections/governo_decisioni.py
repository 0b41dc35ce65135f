"""Decisions of earlier meetings that are still to be carried out: how many, not which, is among the data."""

from osservatorio.italian import date_it, join_words
from reporting import governance_queries
from reporting.context import Context
from reporting.model import Chart, ChartKind, Row, Table
from reporting.sections.governo_temi import Topic
from reporting.text import count

MEETINGS = "mart_meetings"
FIRST, TECHNICAL = "governance", "tecnico"  # the two levels of coordination
SHOWN = 6  # meetings in the chart
COLUMNS = ("minutes_approved_date", "decisions", "decisions_done", "decisions_open", "days_since")


def decisioni(context: Context) -> Topic:
    """Decisions still open of the meetings held until the end of the semester, the latest meeting first."""
    until = context.period.end
    totals = governance_queries.open_decisions(context.release, until)
    if not totals:
        return Topic(f"Fino al {date_it(until)} non risultano decisioni da attuare.")
    table = _meetings(context)
    said = [
        f"{count(row['decisions_open'], 'decisione', 'decisioni')} in {count(row['meetings'], one, many)}"
        for level, one, many in (
            (FIRST, "incontro di governance", "incontri di governance"),
            (TECHNICAL, "incontro tecnico", "incontri tecnici"),
        )
        if (row := totals.get(level))
    ]
    whose = ", di tutto l'Ambito" if context.municipality else ""
    message = f"Restano da attuare {join_words(said)} tenuti fino al {date_it(until)}{whose}."
    name = context.labels.lists["livello_riunione"][FIRST]
    chart = Chart(
        "grafico_governo_decisioni",
        "Decisioni degli ultimi incontri di governance",
        ChartKind.BARS,
        table.key,
        "meeting_date",
        ("decisions", "decisions_open"),
        f"Barre orizzontali, due per incontro di governance, dal più recente. {message}",
        group=name,
        names=("prese", "da attuare"),
        first=SHOWN,
    )
    return Topic(message, table, chart if FIRST in totals else None)


def _meetings(context: Context) -> Table:
    names = ("level", "meeting_date", "codice_ente", "record_id", "level_name", *COLUMNS)
    rows = [
        row
        for row in context.read(MEETINGS, names, {})
        if row["meeting_date"] <= context.period.end and row["decisions_open"]
    ]
    levels = list(context.labels.lists["livello_riunione"])
    rows.sort(
        key=lambda row: (levels.index(row["level"]), -row["meeting_date"].toordinal(), row["record_id"])
    )
    return Table(
        "governo_decisioni",
        "Incontri con decisioni ancora da attuare, dal più recente",
        "Decisioni da attuare",
        (MEETINGS,),
        tuple(
            context.column(MEETINGS, name) for name in ("level_name", "meeting_date", "record_id", *COLUMNS)
        ),
        tuple(
            Row(
                (row["codice_ente"], row["record_id"]),
                (
                    row["level_name"],
                    row["meeting_date"],
                    row["record_id"],
                    *(row[name] for name in COLUMNS),
                ),
            )
            for row in rows
        ),
        group="level_name",
        note="Le consegne dicono quante decisioni sono state prese e attuate in ogni incontro: quali siano è nei verbali.",
    )
