"""The releases of a home and what differs between two of them, in tables: the services are those of `osservatorio`."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.access import session
from dashboards.access.permissions import Action
from dashboards.tables import Column, Table
from dashboards.verdict import OUTCOMES
from osservatorio import compare_texts as texts
from osservatorio import italian
from osservatorio.catalogue import release_list
from osservatorio.compare import Comparison, compare_releases
from osservatorio.home import Home

# Figures of each mart that are listed; all are counted.
SHOWN = 50

TOTAL = Column("total", "Cifre diverse", "Cambiate, in righe nuove e in righe scomparse.", "intero")
_MART = Column("title", "Tavola", "La tavola delle cifre, come nel dizionario dei dati.", "testo")


def releases(home: Home) -> pd.DataFrame:
    """release_id, as_of, created_at, outcome, deliveries, is_current: the last published first."""
    frame = pd.DataFrame(release_list(home))
    moments = frame.created_at.map(datetime.fromisoformat)
    return frame.assign(created_at=moments.map(lambda at: f"{italian.date_it(at.date())}, ore {at:%H:%M}"))


def history_table(known: pd.DataFrame, in_use: str) -> Table:
    """Every release, the one in use marked."""
    frame = known.assign(
        as_of=pd.to_datetime(known.as_of),
        outcome=known.outcome.map(OUTCOMES),
        is_current=known.release_id == in_use,
    )
    columns = (
        Column("release_id", "Pubblicazione", "Data di riferimento e impronta del contenuto.", "testo"),
        Column("as_of", "Dati al", "Data di riferimento.", "data"),
        Column("created_at", "Creata il", "Quando è stata pubblicata.", "testo"),
        Column("outcome", "Esito dei controlli", "Che cosa hanno detto i controlli sui dati.", "testo"),
        Column("deliveries", "Consegne", "Consegne comprese.", "intero"),
        Column("is_current", "In uso", "Sì per quella che si sta guardando.", "si_no"),
    )
    return Table("Elenco delle pubblicazioni", frame, columns, frame.is_current)


def comparison(home: str, before: str, after: str) -> Comparison:
    """What differs between two whole releases. Raises UserError as `compare_releases`, NotAllowedError for a person who
    may not look at it.
    """
    session.require(Action.COMPARE)
    return _compared(home, before, after, session.scope().key)


@st.cache_data(show_spinner="Confronto tra le pubblicazioni…", max_entries=20)
def _compared(home: str, before: str, after: str, seen_by: str) -> Comparison:
    """Kept, because releases never change; `seen_by` keeps apart what different people see."""
    return compare_releases(Home(Path(home)), before, after, limit=SHOWN)


def summary(compared: Comparison) -> list[str]:
    """What a reader should know before the figures."""
    found = [*texts.summary(compared)]
    if compared.total:
        found.insert(0, f"Cifre diverse: {italian.number(compared.total)}.")
    if compared.only_after:
        found.append(f"Tavole nuove: {', '.join(compared.only_after)}.")
    if compared.only_before:
        found.append(f"Tavole che non ci sono più: {', '.join(compared.only_before)}.")
    return found


def marts_table(compared: Comparison) -> Table:
    """The tables whose figures moved, the most first; `mart` is the code of each."""
    rows = [
        {
            "mart": m.mart,
            "title": m.title,
            "changed": m.changed,
            "new": m.new,
            "gone": m.gone,
            "total": m.total,
        }
        for m in sorted(compared.marts, key=lambda m: -m.total)
        if m.total
    ]
    columns = (
        _MART,
        Column("changed", "Cambiate", "Cifre con un valore diverso.", "intero"),
        Column("new", "In righe nuove", "Cifre di righe che prima non c'erano.", "intero"),
        Column("gone", "In righe scomparse", "Cifre di righe che non ci sono più.", "intero"),
        TOTAL,
    )
    return _table("Cifre diverse per tavola", rows, columns, "mart")


def figures_table(compared: Comparison, mart: str) -> Table:
    """The first figures of a table that moved, with their values in both releases."""
    found = next(m for m in compared.marts if m.mart == mart)
    rows = [
        {
            "row": texts.row_words(figure),
            "label": figure.label,
            "status": texts.STATUSES[figure.status],
            "before": texts.value(figure.before, figure.format),
            "after": texts.value(figure.after, figure.format),
            "difference": texts.difference(figure),
        }
        for figure in found.figures
    ]
    columns = (
        Column("row", "Riga", "Periodo, Comune e le altre voci della riga.", "testo"),
        Column("label", "Misura", "Che cosa misura la cifra.", "testo"),
        Column(
            "status", "Che cosa è successo", "Cambiata, in una riga nuova o in una riga scomparsa.", "testo"
        ),
        Column("before", "Prima", "Il valore nell'altra pubblicazione.", "testo"),
        Column("after", "Ora", "Il valore nella pubblicazione in uso.", "testo"),
        Column("difference", "Differenza", "Ora meno prima.", "testo"),
    )
    return _table("Elenco delle cifre diverse", rows, columns)


def deliveries_table(compared: Comparison) -> Table:
    rows = [
        {
            "change": texts.DELIVERY_CHANGES[change.change],
            "file": change.delivery["file"],
            "extract": change.delivery["extract"],
            "counts": texts.moved_counts(change),
        }
        for change in compared.deliveries
    ]
    columns = (
        Column("file", "File", "Il file consegnato.", "testo"),
        Column("extract", "Estrazione", "Estrazione a cui si riferisce.", "testo"),
        Column("change", "Che cosa è successo", "Arrivata, con altri conteggi o non più compresa.", "testo"),
        Column("counts", "Righe", "Le righe accettate, o i conteggi che sono cambiati.", "testo"),
    )
    return _table("Elenco delle consegne diverse", rows, columns)


def circumstances_table(compared: Comparison) -> Table:
    rows = [
        dict(zip(("what", "before", "after"), texts.circumstance(item), strict=True))
        for item in compared.circumstances
    ]
    columns = (
        Column("what", "Che cosa", "Che cosa è diverso, oltre alle consegne.", "testo"),
        Column("before", "Prima", "Nell'altra pubblicazione.", "testo"),
        Column("after", "Ora", "Nella pubblicazione in uso.", "testo"),
    )
    return _table("Elenco di ciò che è cambiato oltre alle consegne", rows, columns)


def _table(title: str, rows: Sequence[dict[str, Any]], columns: tuple[Column, ...], *beside: str) -> Table:
    frame = pd.DataFrame(rows, columns=[*beside, *(column.name for column in columns)])
    return Table(title, frame, columns, pd.Series(False, index=frame.index))
