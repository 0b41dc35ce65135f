"""The parts of the page of the protected tables: which export, its tables with what is withheld, its documents."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboards import charts, source
from dashboards.access import log, session
from dashboards.access.permissions import PROTECTED_PAGE, Action
from dashboards.components import nothing, pick, show
from dashboards.downloads import Context
from dashboards.pages import PAGES, PageInfo
from dashboards.reports import MIMES
from dashboards.tables import Column, Table
from dashboards.text import plain, sentence
from osservatorio import italian, protected
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.protected import Dimension, Document, Export, ProtectedTable, ProtectedTables

ROW = "riga"
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


def open_page() -> tuple[ProtectedView, ProtectedTables]:
    """The frame of the page and the tables of the export chosen; ends the run where none was ever made."""
    page = PAGES[PROTECTED_PAGE]
    session.require_page(page.name)
    home = source.home(Action.READ_PROTECTED)
    st.title(page.title, anchor=False)
    st.markdown(page.question)
    try:
        known = {export.year: export for export in protected.exports(home)}
        if not known:
            nothing(
                "Non c'è ancora un fascicolo protetto: lo produce l'Ufficio di Piano con «osservatorio report "
                "assemblea ANNO», o dalla pagina Rapporti ed esportazioni."
            )
            st.stop()
        with st.container(key="filtri_protette", horizontal=True, gap="small"):
            year = pick("Fascicolo dell'anno", {year: f"Anno {year}" for year in known}, "fascicolo")
            found = _tables(str(home.root), known[year], session.scope().key)
    except UserError as error:
        nothing(error.message)
        st.stop()
    export = known[year]
    st.caption(
        f"Dati al **{italian.date_it(export.as_of)}** · pubblicazione **{plain(export.release_id)}** · "
        f"esportazione registrata il {export.at:%d/%m/%Y}"
    )
    st.info(
        plain(
            f"{found.sign}: {found.meaning} È oscurato ciò che riguarda meno di {italian.number(found.threshold)} minori: "
            f"in tutto {italian.number(found.withheld)} celle su {italian.number(found.cells)}."
        ),
        icon=":material/shield:",
    )
    return ProtectedView(page, export, found.threshold), found


@st.cache_data(show_spinner="Leggo il registro delle esportazioni protette…", max_entries=20)
def _tables(home: str, export: Export, seen_by: str) -> ProtectedTables:
    """The tables of an export; kept, because the register is only ever added to. `seen_by` keeps apart who sees them."""
    return protected.protected_tables(Home(Path(home)), export)


def show_tables(view: ProtectedView, found: ProtectedTables) -> None:
    """The tables of a topic, each with a chart of one of its figures."""
    topics = {table.topic: table.topic for table in found.tables}
    topic = pick("Tema", topics, "tema")
    tables = [table for table in found.tables if table.topic == topic]
    frames = {table.frame.key: table.frame for table in tables}
    for frame in frames.values():
        codes = {
            code: name
            for table in tables
            if table.frame.key == frame.key
            for code, name in table.frame.codes.items()
        }
        frames[frame.key] = replace(frame, codes=codes)
    with st.container(key="filtri_tavole", horizontal=True, gap="small"):
        chosen = {key: pick(frame.label, frame.codes, key, last=True) for key, frame in frames.items()}
    for table in tables:
        _show(view, table, chosen[table.frame.key], found.sign)


def _show(view: ProtectedView, table: ProtectedTable, frame: str, sign: str) -> None:
    """One table at a year (or survey): a row per code, a column per figure; or, crossed, a column per code of the second
    dimension, for one figure."""
    when = table.frame.codes.get(frame, frame)
    filters = {table.frame.label: when}
    measure = table.measures[0]
    if len(table.dimensions) > 1 and len(table.measures) > 1:
        names = {one.key: one.label for one in table.measures}
        code = pick(f"Che cosa mostra «{table.title}»", names, f"misura_{table.key}")
        measure = next(one for one in table.measures if one.key == code)
        filters["misura"] = measure.label
    rows, columns = _laid_out(table, frame, measure, sign)
    shown = Table(table.title, rows, tuple(columns), rows.is_total)
    figures = columns[1:]
    drawn = figures[0]
    if len(figures) > 1:
        names = {column.name: column.label for column in figures}
        name = pick(f"Grafico di «{table.title}»", names, f"grafico_{table.key}")
        drawn = next(column for column in figures if column.name == name)
    parts = rows[~rows.is_total]
    seen = parts[parts[drawn.name] != WITHHELD].dropna(subset=[drawn.name])
    left_out = parts[parts[drawn.name] == WITHHELD][ROW]
    note = f"{drawn.label}, {when}."
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


def _chart(rows: pd.DataFrame, column: Column) -> go.Figure:
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
    st.subheader("Documenti", anchor=False)
    found = protected.documents(source.home(Action.DOWNLOAD_PROTECTED), known)
    found = [document for document in found if document.period_code == view.export.year]
    if not found:
        nothing("Per questo anno non ci sono documenti prodotti: chiedili all'Ufficio di Piano.")
        return
    st.caption(
        plain(
            f"{found[0].name}, anno {view.export.year}. I dati di poche persone sono oscurati come qui sopra."
        )
    )
    with st.container(horizontal=True, gap="small", key="azioni_protette"):
        for document in sorted(found, key=lambda one: list(MIMES).index(one.format)):
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
        key=f"scarica_protetto_{document.format}",
        on_click="ignore",
        icon=":material/download:",
    )
