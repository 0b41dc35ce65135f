"""Panoramica: come vanno i servizi, che cosa è cambiato e che cosa richiede attenzione?"""

import streamlit as st

from dashboards import charts, queries
from dashboards.attention import notices
from dashboards.components import heading, key_figures, show_over_time
from dashboards.frame import link, open_page
from dashboards.frames import over_time
from dashboards.queries import ALL_AREAS, ALL_INTERVENTIONS, ALL_ITEMS, ALL_SERVICES
from osservatorio.periods import SEMESTER, YEAR

CASES = "mart_caseload_by_municipality"
ACTS = "mart_service_usage"

view = open_page("panoramica")
chosen, release = view.selection, view.release
here, then = chosen.grain, chosen.year_before_grain

cases, cases_then = queries.caseload(release, **here), queries.caseload(release, **then)
acts, acts_then = (
    queries.usage(release, **grain, intervention_type=ALL_INTERVENTIONS) for grain in (here, then)
)
received, received_then = queries.complaints(release, **here), queries.complaints(release, **then)
wave = queries.latest_wave(release, chosen.period.end, chosen.municipality, chosen.service)
# Money is allotted by year and area: a single service has its expenditure only.
if chosen.service == ALL_SERVICES:
    money, mart = view.at(YEAR), "mart_budget"
    spent, spent_then = (
        queries.budget(release, year=int(period.code), municipality_code=chosen.municipality, area=ALL_AREAS)
        for period in (money.period, money.period.year_before)
    )
else:
    money, mart = view.at(SEMESTER, YEAR), "mart_expenditure"
    spent, spent_then = (
        queries.expenditure(release, **grain, voce=ALL_ITEMS)
        for grain in (money.grain, money.year_before_grain)
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
        view.figure(mart, "spent", spent, spent_then, label=f"Speso, {money.period.label}"),
    ]
)

heading(view, "Che cosa richiede attenzione")
found = notices(view)
with st.container(key="attenzione"):
    for notice in found:
        link(notice.page, notice.text, notice.choices)
if not found:
    st.markdown("Niente da segnalare per il periodo e il Comune scelti.")

history = over_time(queries.caseload(release, period_type=chosen.period.type, **chosen.place_grain), view)
no_cases = "Il servizio scelto non prende in carico minori: scegli un altro servizio."
show_over_time(
    view,
    CASES,
    history,
    ["period", "minors_at_end", "minors_in_period"],
    "Minori in carico",
    lambda rows: charts.trend(rows, "period", charts.series(view.columns(CASES, "minors_at_end"))),
    empty=no_cases,
    note=f"{chosen.municipality_name}, {chosen.service_name}. Cerchio vuoto: periodo in corso.",
)
show_over_time(
    view,
    CASES,
    history,
    ["period", "open_at_start", "opened", "closed", "open_at_end"],
    "Aperture e chiusure",
    lambda rows: charts.columns_over_time(
        rows, "period", charts.series(view.columns(CASES, "opened", "closed"))
    ),
    empty=no_cases,
    note=f"{chosen.municipality_name}, {chosen.service_name}. Tratteggio: periodo in corso.",
)
