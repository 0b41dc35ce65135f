"""From a figure to its sources: definition, row, deliveries, models, and what it was in earlier releases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import queries
from dashboards.access import session
from dashboards.access.permissions import Action
from dashboards.components import group, nothing, pick, show
from dashboards.tables import Column, Table
from dashboards.view import View
from osservatorio import explain_texts as texts
from osservatorio.catalogue import release_list
from osservatorio.errors import UserError
from osservatorio.explain import Explanation, explain
from osservatorio.home import Home
from osservatorio.italian import number

NONE = "nessuna"


def show_figure(view: View, home: Home) -> None:
    """A choice among the indicators, and where the one chosen comes from, for the filters of the page.

    It reads whole releases. Raises NotAllowedError for a person who may not.
    """
    session.require(Action.TRACE)
    group("Da dove viene una cifra")
    st.caption("Per il periodo, il Comune e il servizio scelti qui sopra.")
    indicators = {NONE: "Scegli un indicatore", **queries.indicators(view.release)}
    code = pick("Indicatore", indicators, "cifra")
    if code == NONE:
        return
    chosen = view.selection
    ids = tuple(release["release_id"] for release in release_list(home))
    try:
        found = _explained(
            str(home.root),
            view.release.id,
            ids,
            chosen.period.code,
            code,
            chosen.municipality,
            chosen.service,
            session.scope().key,
        )
    except UserError as error:
        nothing(error.message)
        return
    filters = {"indicatore": indicators[code]}
    show(
        view,
        _table("Che cosa dice la cifra", ("Voce", "Valore"), texts.facts(found)),
        empty="Nessun valore.",
        note=texts.place(found),
        filters=filters,
    )
    for row in found.rows:
        lines = [
            (label.removeprefix("» ").strip(), value, name) for label, value, name in texts.row_lines(row)
        ]
        show(
            view,
            _table(texts.row_title(row), ("Colonna", "Valore", "Nome"), lines),
            empty="Nessuna riga.",
            filters=filters,
        )
    show(
        view,
        _table(
            "Quanto valeva nelle altre pubblicazioni",
            ("Pubblicazione", "Valore", "Numeratore e denominatore", "Differenza", "Perché"),
            [
                (
                    step.release_id,
                    texts.step_value(step, found),
                    texts.counts(step),
                    texts.step_difference(step, found),
                    " · ".join(texts.causes(step.causes)) if step.causes else "",
                )
                for step in found.history
            ],
        ),
        empty="Nessuna pubblicazione prima di questa.",
        filters=filters,
    )
    accepted = sum(delivery["accepted"] for delivery in found.deliveries)
    show(
        view,
        _table(
            "Elenco delle consegne su cui poggia",
            (
                "File",
                "Ente",
                "Estrazione",
                "Estratta il",
                "Righe accettate",
                "In quarantena",
                "Impronta (SHA-256)",
            ),
            [
                (
                    delivery["file"],
                    texts.body(delivery["codice_ente"]),
                    delivery["extract"],
                    texts.extraction(delivery),
                    number(delivery["accepted"]),
                    number(delivery["quarantined"]),
                    delivery["sha256"],
                )
                for delivery in found.deliveries
            ],
        ),
        empty="Nessuna consegna.",
        note=f"Di {', '.join(found.extracts)}: {number(accepted)} righe accettate.",
        filters=filters,
    )
    show(
        view,
        _table(
            "Elenco dei modelli che la calcolano",
            ("Modello", "Testo nel programma", "Rispetto alla pubblicazione"),
            [texts.source_line(source) for source in found.sources.all],
        ),
        empty="La pubblicazione non elenca i suoi modelli.",
        filters=filters,
    )
    with st.expander("Il testo che la calcola (SQL)", icon=":material/code:", key="sql"):
        st.code(found.query, language="sql")
        for source in found.sources.main:
            st.code(source.sql, language="sql")


@st.cache_data(show_spinner=False, max_entries=200)
def _explained(
    home: str,
    release_id: str,
    known: tuple[str, ...],
    period: str,
    code: str,
    town: str,
    service: str,
    seen_by: str,
) -> Explanation:
    """The explanation of a figure; `known` are the releases of the home, on which its history rests; `seen_by` keeps
    apart what different people see.
    """
    return explain(Home(Path(home)), period, code, comune=town, servizio=service, release_id=release_id)


def _table(title: str, labels: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    columns = tuple(Column(label, label, "Come la dice la scheda della cifra.", "testo") for label in labels)
    frame = pd.DataFrame(rows, columns=list(labels))
    return Table(title, frame, columns, pd.Series(False, index=frame.index))
