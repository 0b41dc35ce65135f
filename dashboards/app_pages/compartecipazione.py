"""Compartecipazione: quanto devono e quanto versano le famiglie, e che cosa cambierebbe con altre soglie ISEE?"""

from dataclasses import replace

import streamlit as st

from dashboards import charts, queries
from dashboards.choosing import Choice
from dashboards.components import COMPARED, group, key_figures, nothing, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import over_years, without
from dashboards.queries import ALL_PRESTAZIONI
from dashboards.sections import in_towns
from dashboards.simulating import show_simulator
from dashboards.tables import Column
from dashboards.working import show_list
from osservatorio.periods import YEAR

MART = "mart_cost_sharing"
BY_ISEE = "mart_cost_sharing_by_isee"
SCENARIOS = "mart_isee_simulation"
FIGURES = (
    "charged",
    "paid",
    "collection_rate",
    "due_by_formula",
    "obliged_persons",
    "payers",
    "waived",
    "mismatches",
)
DETAIL = ("obliged_persons", "payers", "due_by_formula", "charged", "paid", "collection_rate")
OUTCOMES = (
    "due_by_formula",
    "due_by_scenario",
    "difference",
    "difference_rate",
    "exempt_persons",
    "pays_more",
    "pays_less",
)
EMPTY = "Nessuna compartecipazione con questi filtri: scegli un altro anno, un altro Comune o tutte le prestazioni."

view = open_page("compartecipazione", types=(YEAR,), with_service=False)
chosen, release = view.selection, view.release
here = {"year": chosen.year, "municipality_code": chosen.municipality}

group("Le quote dell'anno")
prestazioni = queries.labels(release, "total_prestazione", "prestazione")
prestazione = pick("Prestazione", prestazioni, "prestazione")
one = {"prestazione": prestazione}
filters = {"prestazione": prestazioni[prestazione]}
place = f"{chosen.municipality_name}, {prestazioni[prestazione]}"

now, then = (
    queries.cost_sharing(release, **here | {"year": year}, **one) for year in (chosen.year, chosen.year - 1)
)
key_figures([view.figure(MART, name, now, then) for name in FIGURES])

# For which services, where, and over the years
by_service = queries.cost_sharing(release, **here)
services = without(by_service, prestazione=ALL_PRESTAZIONI)
show(
    view,
    view.table(
        MART,
        by_service,
        ["prestazione_name", *DETAIL],
        "Per prestazione",
        by_service.prestazione == ALL_PRESTAZIONI,
    ),
    lambda: charts.grouped(
        services,
        "prestazione_name",
        charts.series(view.columns(MART, "due_by_formula", "charged", "paid")),
    ),
    empty=EMPTY,
    note=f"{chosen.municipality_name}, {chosen.period.label}. Il nome di una prestazione porta alle sue quote.",
    filters={"prestazione": COMPARED},
    choice=Choice(
        "prestazione", "prestazione_name", by_service.prestazione.tolist(), services.prestazione.tolist()
    ),
)
in_towns(
    view,
    MART,
    queries.cost_sharing(release, year=chosen.year, **one),
    DETAIL,
    view.column(MART, "charged"),
    empty=EMPTY,
    note=f"{view.column(MART, 'charged').label}, {prestazioni[prestazione]}.",
    filters=filters,
)
show_over_time(
    view,
    MART,
    over_years(queries.cost_sharing(release, municipality_code=chosen.municipality, **one), view),
    ["year", *DETAIL],
    "Negli anni",
    lambda rows: charts.columns_over_time(rows, "year", charts.series(view.columns(MART, "charged", "paid"))),
    empty=EMPTY,
    note=f"{place}. Tratteggio: anno in corso.",
    filters=filters,
)

# For which incomes
bands = queries.cost_sharing_by_isee(release, **here, **one)
show(
    view,
    view.table(
        BY_ISEE,
        bands,
        ["isee_band_name", "obliged_persons", "payers", "due_by_formula", "charged", "paid"],
        "Per fascia ISEE",
    ),
    lambda: charts.grouped(
        bands, "isee_band_name", charts.series(view.columns(BY_ISEE, "obliged_persons", "payers"))
    ),
    empty=EMPTY,
    note=f"{place}.",
    filters=filters,
)

# What does not add up
month = Column("month", "Mese", "Mese in cui la prestazione è stata resa.", "mese")
wrong = queries.mismatches(
    release,
    year=chosen.year,
    municipality_code=None if chosen.is_whole_ambito else chosen.municipality,
    prestazione=None if prestazione == ALL_PRESTAZIONI else prestazione,
)
ALL = "tutte"
reasons = {ALL: "Tutte le spiegazioni"}
if wrong.is_here:
    reasons |= wrong.names("explanation", "explanation_name")
filters_of_list = filters
if len(reasons) > 1:
    reason = pick("Spiegazione possibile", reasons, "spiegazione")
    wrong = wrong if reason == ALL else wrong.where(explanation=reason)
    filters_of_list = {**filters, "spiegazione possibile": reasons[reason]}
show_list(
    view,
    wrong,
    [
        "record_id",
        "municipality_name",
        "prestazione_name",
        month,
        "obbligato_name",
        "charged_quota",
        "quota_by_formula",
        "difference",
        "explanation_name",
    ],
    [
        "record_id",
        "municipality_name",
        "prestazione_name",
        month,
        "obbligato_name",
        "child_order",
        "is_isee_missing",
        "units",
        "charged_quota",
        "quota_by_formula",
        "quota_difference",
        "charged",
        "due_by_formula",
        "difference",
        "explanation_name",
        "other_explanations",
    ],
    ["codice_ente", "record_id"],
    title="Elenco delle quote da verificare",
    choice="quota",
    label="Quota da vedere per intero",
    empty="Nessuna quota diversa dalla formula con questi filtri.",
    note="Le quote che non tornano con la formula, la differenza più grande per prima.",
    filters=filters_of_list,
)

# Under other thresholds
group("Se cambiassero le soglie ISEE")
is_there = queries.has_mart(release, SCENARIOS)
scenarios = queries.isee_scenarios(release, **here, **one) if is_there else bands.head(0)
if not is_there:
    nothing(
        "La pubblicazione è di una versione precedente, che non calcolava le ipotesi: esegui di nuovo «osservatorio run "
        "CARTELLA»."
    )
elif scenarios.empty:
    nothing(EMPTY)
else:
    st.caption(
        "Ipotesi di lavoro, non proposte: le quote dell'anno ricalcolate con la stessa formula del regolamento e altre "
        "soglie. ISEE presentati, quantità e prestazioni restano quelli dell'anno."
    )
    described = tuple(
        Column(row.scenario_code, row.scenario_name, row.scenario_description, "testo")
        for row in scenarios.itertuples()
    )
    compared = view.table(SCENARIOS, scenarios, ["scenario_name", *OUTCOMES], "Ipotesi a confronto")
    show(
        view,
        replace(compared, also=described),
        lambda: charts.bars(scenarios, "scenario_name", view.column(SCENARIOS, "difference")),
        empty=EMPTY,
        note=f"{view.column(SCENARIOS, 'difference').label} con le soglie dell'anno, {place}.",
        filters=filters,
    )
    names = dict(zip(scenarios.scenario_code, scenarios.scenario_name, strict=True))
    scenario = pick("Ipotesi nei Comuni", names, "ipotesi", last=True)
    in_towns(
        view,
        SCENARIOS,
        queries.isee_scenarios(release, year=chosen.year, scenario_code=scenario, **one),
        OUTCOMES,
        view.column(SCENARIOS, "difference"),
        title="L'ipotesi nei Comuni",
        empty=EMPTY,
        note=f"{view.column(SCENARIOS, 'difference').label}: {names[scenario]}, {prestazioni[prestazione]}.",
        filters={**filters, "ipotesi": names[scenario]},
    )
    show_simulator(view, prestazione)
