"""Panoramica: come vanno i servizi, che cosa è cambiato e che cosa richiede attenzione?"""

import streamlit as st

from dashboards import charts, queries
from dashboards.attention import notices
from dashboards.components import key_figures, show
from dashboards.frame import open_page
from dashboards.frames import over_time
from dashboards.queries import ALL_INTERVENTIONS, ALL_ITEMS
from dashboards.text import plain
from osservatorio.periods import SEMESTER, YEAR

CASES = "mart_caseload_by_municipality"
ACTS = "mart_service_usage"

view = open_page("panoramica")
chosen, release = view.selection, view.release
here, then = chosen.grain, chosen.year_before_grain
money = view.at(SEMESTER, YEAR)

cases, cases_then = queries.caseload(release, **here), queries.caseload(release, **then)
acts, acts_then = (
    queries.usage(release, **grain, intervention_type=ALL_INTERVENTIONS) for grain in (here, then)
)
received, received_then = queries.complaints(release, **here), queries.complaints(release, **then)
wave = queries.latest_wave(release, chosen.period.end, chosen.municipality, chosen.service)
spent, spent_then = (
    queries.expenditure(release, **grain, voce=ALL_ITEMS) for grain in (money.grain, money.year_before_grain)
)

key_figures(
    [
        view.figure(CASES, "minors_at_end", cases, cases_then),
        view.figure(CASES, "opened", cases, cases_then),
        view.figure(CASES, "closed", cases, cases_then),
        view.figure(ACTS, "delivered", acts, acts_then),
        view.figure(ACTS, "hours_delivered", acts, acts_then),
        view.figure("mart_complaints", "received", received, received_then),
        view.figure("mart_satisfaction", "satisfied_rate", wave),
        view.figure("mart_expenditure", "spent", spent, spent_then, label=f"Speso, {money.period.label}"),
    ]
)

st.subheader("Che cosa richiede attenzione", anchor=False)
found = notices(view)
for notice in found:
    st.page_link(notice.page.path, label=plain(notice.text), icon=":material/arrow_forward:")
if not found:
    st.markdown("Niente da segnalare per il periodo e il Comune scelti.")

history = over_time(queries.caseload(release, period_type=chosen.period.type, **chosen.place_grain), chosen)
show(
    view,
    view.table(
        CASES, history, ["period", "minors_at_end", "minors_in_period"], "Minori in carico", history.is_here
    ),
    lambda: charts.trend(
        history,
        "period",
        charts.series(view.columns(CASES, "minors_at_end")),
        partial=history.is_partial,
        here=history.is_here,
    ),
    empty="Il servizio scelto non prende in carico minori: scegli un altro servizio.",
    note=f"{chosen.municipality_name}, {chosen.service_name}. Cerchio vuoto: periodo in corso.",
)
show(
    view,
    view.table(
        CASES,
        history,
        ["period", "open_at_start", "opened", "closed", "open_at_end"],
        "Aperture e chiusure",
        history.is_here,
    ),
    lambda: charts.columns_over_time(
        history,
        "period",
        charts.series(view.columns(CASES, "opened", "closed")),
        partial=history.is_partial,
        here=history.is_here,
    ),
    empty="Il servizio scelto non prende in carico minori: scegli un altro servizio.",
    note=f"{chosen.municipality_name}, {chosen.service_name}. Tratteggio: periodo in corso.",
)
