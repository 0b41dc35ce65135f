"""The parts of the page of the protected tables: which export, its tables with what is withheld, its documents."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, footing, frame, source
from dashboards.access import log, session
from dashboards.access.permissions import PROTECTED_PAGE, Action
from dashboards.chart_style import Drawing
from dashboards.components import heading, nothing, pick, show
from dashboards.downloads import Context
from dashboards.pages import PAGES, PageInfo
from dashboards.reports import MIMES
from dashboards.tables import Column, Table
from dashboards.text import plain, sentence
from osservatorio import italian, protected
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.protected import Dimension, Document, Export, ProtectedTable, ProtectedTables

ROW = "riga"
_NOT_NOW = "Le tavole protette adesso non si possono mostrare: avvisa l'Ufficio di Piano."
# A withheld figure among numbers: no count, rate or amount is infinite.
WITHHELD = math.inf


@dataclass(frozen=True)
class Figures(Column):
    """A column of protected figures; `mark` stands for the withheld ones."""

    mark: str = ""

    def sign(self, value: Any) -> str | None:
        return self.mark if value == WITHHELD else None

    def show(self, value: Any) -> str:
        return self.sign(value) or super().show(value)

    def brief(self, value: Any) -> str:
        return self.sign(value) or super().brief(value)


@dataclass(frozen=True)
class ProtectedView:
    """What the page works with: an export, and what its files say of where they come from."""

    page: PageInfo
    export: Export
    threshold: int

    def context(self, filters: Mapping[str, str]) -> Context:
        named = {
            "Esportazione protetta": f"Fascicolo per l'Assemblea dei Sindaci, anno {self.export.year}",
            "Soglia": f"{self.threshold} minori",
            **{sentence(name): value for name, value in filters.items()},
        }
        return Context(self.page.title, self.export.release_id, self.export.as_of, named)


@dataclass(frozen=True)
class Chosen:
    """What is chosen of an export: a topic, a code of each frame (year, survey), the measure to draw and to cross."""

    tables: tuple[ProtectedTable, ...]
    frames: Mapping[str, str]
    measure: str


def open_page() -> tuple[ProtectedView, ProtectedTables, Chosen]:
    """The frame of the page: its filters, and what they choose; ends the run where no export was ever made."""
    page = PAGES[PROTECTED_PAGE]
    session.require_page(page.name)
    home = source.home(Action.READ_PROTECTED)
    st.title(page.title, anchor=False)
    st.markdown(page.question)
    frame.stop_where_many(page)
    try:
        known = {export.year: export for export in protected.exports(home)}
        if not known:
            nothing(
                "Non c'è ancora un fascicolo protetto: lo produce l'Ufficio di Piano con «osservatorio report "
                "assemblea ANNO», o dalla pagina Rapporti ed esportazioni."
            )
            frame.end()
        with st.container(key="filtri", horizontal=True, vertical_alignment="bottom", gap="small"):
            year = pick("Fascicolo", {year: f"Anno {year}" for year in known}, "fascicolo")
            found = _tables(str(home.root), known[year], session.scope().key)
            chosen = _choose(found)
    except (
        UserError
    ) as error:  # it may name the places of the server: the office mends it, others tell the office
        nothing(error.message if session.is_office() else _NOT_NOW)
        frame.end()
    export = known[year]
    footing.for_page(page, export)
    frame.show_origin(
        (
            f"Dati al **{italian.date_it(export.as_of)}**",
            f"pubblicazione **{plain(export.release_id)}**",
            f"esportazione registrata il {export.at:%d/%m/%Y}",
        )
    )
    st.info(
        plain(
            f"{found.sign}: {found.meaning} È oscurato ciò che riguarda meno di {italian.number(found.threshold)} minori: "
            f"in tutto {italian.number(found.withheld)} celle su {italian.number(found.cells)}."
        ),
        icon=":material/shield:",
    )
    return ProtectedView(page, export, found.threshold), found, chosen


@st.cache_data(show_spinner="Leggo il registro delle esportazioni protette…", max_entries=20)
def _tables(home: str, export: Export, seen_by: str) -> ProtectedTables:
    """The tables of an export; kept, because the register is only ever added to. `seen_by` keeps apart who sees them."""
    return protected.protected_tables(Home(Path(home)), export)


def _choose(found: ProtectedTables) -> Chosen:
    topic = pick("Tema", {table.topic: table.topic for table in found.tables}, "tema")
    tables = tuple(table for table in found.tables if table.topic == topic)
    frames: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    for table in tables:
        frames.setdefault(table.frame.key, {}).update(table.frame.codes)
        labels[table.frame.key] = table.frame.label
    at = {key: pick(labels[key], codes, key, last=True) for key, codes in frames.items()}
    measures = {one.key: one.label for table in tables for one in table.measures}
    measure = pick("Cifra dei grafici", measures, "misura") if len(measures) > 1 else next(iter(measures))
    return Chosen(tables, at, measure)


def show_tables(view: ProtectedView, chosen: Chosen, sign: str) -> None:
    """The tables of a topic, each with a chart of the figure chosen, or of its first where it has not that one."""
    for table in chosen.tables:
        measure = next((one for one in table.measures if one.key == chosen.measure), table.measures[0])
        _show(view, table, chosen.frames[table.frame.key], measure, sign)


def _show(
    view: ProtectedView, table: ProtectedTable, frame: str, measure: protected.Measure, sign: str
) -> None:
    """One table at a year (or survey): a row per code, a column per figure; or, crossed, a column per code of the second
    dimension, for one figure."""
    when = table.frame.codes.get(frame, frame)
    filters = {table.frame.label: when}
    is_crossed = len(table.dimensions) > 1
    if is_crossed:
        filters["cifra"] = measure.label
    rows, columns = _laid_out(table, frame, measure, sign)
    shown = Table(table.title, rows, tuple(columns), rows.is_total)
    total = table.dimensions[1].total if is_crossed else measure.key
    drawn = next((column for column in columns if column.name == total), columns[-1])
    parts = rows[~rows.is_total]
    seen = parts.iloc[:0]
    note = f"{measure.label}, {when}."
    if isinstance(drawn, Figures):
        seen = parts[parts[drawn.name] != WITHHELD].dropna(subset=[drawn.name])
        if is_crossed:
            note = f"{measure.label}, {when}. Nel grafico: {drawn.label}."
        left_out = parts[parts[drawn.name] == WITHHELD][ROW]
        if len(left_out):
            note += f" Non sono disegnati i dati oscurati ({sign}): {italian.join_words(list(left_out))}."
    show(
        view,
        shown,
        partial(_chart, seen, drawn) if len(seen) > 1 else None,
        empty=f"{when}: nessun dato in questa tavola.",
        note=note,
        filters=filters,
    )


def _chart(rows: pd.DataFrame, column: Column) -> Drawing:
    return charts.bars(rows.reset_index(drop=True), ROW, column)


def _laid_out(
    table: ProtectedTable, frame: str, measure: protected.Measure, sign: str
) -> tuple[pd.DataFrame, list[Column]]:
    """The rows of a table, with `is_total`, and its columns: the first names the rows."""
    by_row = table.dimensions[0] if table.dimensions else Dimension("", "Voce", {"": "Ambito"})
    head = Column(ROW, by_row.label, f"Ogni riga è una voce di «{by_row.label}».", "testo")
    crossed = table.dimensions[1] if len(table.dimensions) > 1 else None
    columns: list[Column] = [head]
    place: Callable[[str, str], tuple[str, tuple[str, ...]]]
    if crossed:
        columns += [
            Figures(code, name, f"{measure.definition} {crossed.label}: {name}.", measure.format, sign)
            for code, name in crossed.codes.items()
        ]

        def place(row: str, column: str) -> tuple[str, tuple[str, ...]]:
            return measure.key, (frame, row, column)
    else:
        columns += [Figures(one.key, one.label, one.definition, one.format, sign) for one in table.measures]

        def place(row: str, column: str) -> tuple[str, tuple[str, ...]]:
            return column, (frame, row) if table.dimensions else (frame,)

    records = []
    for code, name in by_row.codes.items():
        values: dict[str, Any] = {ROW: name, "is_total": code == by_row.total}
        for column in columns[1:]:
            key, at = place(code, column.name)
            cell = table.cell(key, *at)
            values[column.name] = None if cell is None else WITHHELD if cell.is_withheld else cell.value
        if any(values[column.name] is not None for column in columns[1:]):
            records.append(values)
    rows = pd.DataFrame(records, columns=[ROW, "is_total", *(column.name for column in columns[1:])])
    rows["is_total"] = rows.is_total.astype(bool)
    for column in columns[1:]:
        rows[column.name] = rows[column.name].astype(float)
    kept = [head, *(column for column in columns[1:] if rows[column.name].notna().any())]
    return rows, kept


def show_documents(view: ProtectedView, known: frozenset[str]) -> None:
    """The documents of protected reports, to download: those still as they were produced."""
    heading(view, "Documenti")
    found = protected.documents(source.home(Action.DOWNLOAD_PROTECTED), known)
    found = sorted(
        (document for document in found if document.period_code.startswith(view.export.year)),
        key=lambda one: (one.name, one.period_code, list(MIMES).index(one.format)),
    )
    if not found:
        nothing("Per questo anno non ci sono documenti prodotti: chiedili all'Ufficio di Piano.")
        return
    st.caption("I dati di poche persone sono oscurati come qui sopra.")
    for (name, period), group in groupby(found, key=lambda one: (one.name, one.period_code)):
        files = list(group)
        st.markdown(plain(f"{name}, {parse_period(period).label}"))
        with st.container(horizontal=True, gap="small", key=f"azioni_{files[0].kind}_{period}"):
            for document in files:
                _button(view, document)


def _button(view: ProtectedView, document: Document) -> None:
    facts = {
        "pagina": view.page.title,
        "file": document.path.name,
        "pubblicazione": document.path.parent.name,
    }
    st.download_button(
        f"Scarica {document.format.upper()}",
        data=log.file_of(partial(protected.content_of, document), facts, Action.DOWNLOAD_PROTECTED),
        file_name=document.path.name,
        mime=MIMES[document.format],
        key=f"scarica_{document.path.name}",
        on_click="ignore",
        icon=":material/download:",
    )
