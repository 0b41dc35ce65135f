"""Casistica per Comune: quanti minori sono in carico, dove e in quali servizi?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import highest_first, over_time, without
from dashboards.maps import show_map
from dashboards.queries import ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY, PERIOD, SERVICE
from osservatorio.periods import SEMESTER, YEAR

MART = "mart_caseload_by_municipality"
PROFILE = "mart_caseload_profile"
MEASURES = ("minors_at_end", "minors_per_1000", "opened", "closed", "cases_per_fte")

view = open_page("casistica", only_case_services=True)
chosen, release = view.selection, view.release

now_row = queries.caseload(release, **chosen.grain)
then_row = queries.caseload(release, **chosen.year_before_grain)
key_figures([view.figure(MART, name, now_row, then_row) for name in MEASURES])

measure = pick("Misura dei grafici", view.labels(MART, MEASURES), "misura")
measured = view.column(MART, measure)

# Where
by_town = queries.caseload(release, **chosen.period_grain, service_code=chosen.service)
towns = highest_first(without(by_town, municipality_code=ALL_MUNICIPALITIES), measure)
whole = by_town[by_town.municipality_code == ALL_MUNICIPALITIES]
is_rate = not measured.is_count
if len(towns) > 1:  # who sees one municipality has no others to compare
    show_map(view, towns, measured, "Sulla mappa")
show(
    view,
    view.table(
        MART,
        by_town,
        [
            "municipality_name",
            "open_at_start",
            "opened",
            "closed",
            "open_at_end",
            "minors_at_end",
            "minors_per_1000",
        ],
        "Nei Comuni",
        totals=by_town.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.bars(
        towns,
        "municipality_name",
        measured,
        here=towns.municipality_code == chosen.municipality,
        reference=(ALL_MUNICIPALITIES.title(), whole[measure].iloc[0]) if is_rate and len(whole) else None,
    ),
    empty="In questo periodo nessun Comune ha minori in carico: scegli un periodo più recente.",
    note=f"{measured.label}. Il totale conta una volta sola chi è seguito in più Comuni.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(by_town, towns),
)

# In which services
by_service = queries.caseload(release, **chosen.period_grain, municipality_code=chosen.municipality)
services = highest_first(without(by_service, service_code=ALL_SERVICES), measure)
services = services.assign(short_name=services.service_code.map(view.choices.short_names))
show(
    view,
    view.table(
        MART,
        by_service,
        [
            "service_name",
            "open_at_start",
            "opened",
            "closed",
            "open_at_end",
            "minors_at_end",
            "cases_per_fte",
        ],
        "Nei servizi",
        totals=by_service.service_code == ALL_SERVICES,
    ),
    lambda: charts.bars(services, "short_name", measured, here=services.service_code == chosen.service),
    empty="In questo periodo nessun servizio ha minori in carico: scegli un periodo più recente o un altro Comune.",
    note=f"{measured.label}, {chosen.municipality_name}.",
    filters={SERVICE: COMPARED},
    choice=view.to_service(by_service, services),
)

# Over time
show_over_time(
    view,
    MART,
    over_time(queries.caseload(release, period_type=chosen.period.type, **chosen.place_grain), view),
    ["period", "opened", "closed", "minors_at_end", "minors_per_1000"],
    "Nel tempo",
    lambda rows: charts.trend(rows, "period", charts.series([measured])),
    empty="Non ci sono periodi da confrontare.",
    note=f"{measured.label}, {chosen.municipality_name}, {chosen.service_name}. Cerchio vuoto: periodo in corso.",
)

# Who they are
spanned = view.at(SEMESTER, YEAR)
dimensions = queries.profile_dimensions(release)
dimension = pick("Caratteristica dei minori", dimensions, "caratteristica")
people = queries.profile(release, **spanned.grain, dimension=dimension)
show(
    view,
    view.table(PROFILE, people, ["category_name", "minors_at_end", "minors_in_period"], "Chi sono"),
    lambda: charts.bars(people, "category_name", view.column(PROFILE, "minors_in_period")),
    empty="Nessun minore in carico con questi filtri: scegli un altro periodo, un altro Comune o tutti i servizi.",
    note=f"{view.column(PROFILE, 'minors_in_period').label}: {spanned.period.label}, {chosen.municipality_name}, "
    f"{chosen.service_name}.",
    filters={PERIOD: spanned.period_label, "caratteristica": dimensions[dimension]},
)
