"""Reclami: quanti ne arrivano, su che cosa, e in quanto tempo si risponde?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import highest_first, over_time, spread, without
from dashboards.queries import ALL_CATEGORIES, ALL_GRAVITIES, ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY, SERVICE
from dashboards.tables import Table
from dashboards.theme import ORDERED

MART = "mart_complaints"
BY_CATEGORY = "mart_complaints_by_category"
FIGURES = (
    "received",
    "answered",
    "answered_within_term_rate",
    "open_at_end",
    "upheld_rate",
    "median_days_to_answer",
    "complaints_per_100_minors",
)
DETAIL = ("received", "answered", "answered_within_term", "open_at_end", "upheld", "median_days_to_answer")
EMPTY = "Nessun reclamo con questi filtri: prova un periodo più lungo, tutto l'Ambito o tutti i servizi."

view = open_page("reclami")
chosen, release = view.selection, view.release

now, then = (
    queries.complaints(release, **chosen.grain),
    queries.complaints(release, **chosen.year_before_grain),
)
key_figures([view.figure(MART, name, now, then) for name in FIGURES])

# Over time
show_over_time(
    view,
    MART,
    over_time(queries.complaints(release, period_type=chosen.period.type, **chosen.place_grain), view),
    ["period", *DETAIL[:4]],
    "Nel tempo",
    lambda rows: charts.columns_over_time(
        rows, "period", charts.series(view.columns(MART, "received", "answered_within_term"))
    ),
    empty=EMPTY,
    note=f"{chosen.municipality_name}, {chosen.service_name}. Tratteggio: periodo in corso.",
)

# About what, and how serious
rows = queries.complaints_by_category(release, **chosen.grain)
by_category, gravities = spread(
    rows,
    "category_name",
    "gravity",
    queries.labels(release, "gravita", "total_gravity"),
    view.column(BY_CATEGORY, "received"),
)
total = rows.category_name[rows.category == ALL_CATEGORIES].unique()
show(
    view,
    Table(
        "Categorie e gravità",
        by_category,
        (view.column(BY_CATEGORY, "category_name"), *gravities),
        by_category.category_name.isin(total),
    ),
    lambda: charts.grouped(
        by_category[~by_category.category_name.isin(total)],
        "category_name",
        charts.series([gravity for gravity in gravities if gravity.name != ALL_GRAVITIES], ORDERED),
        stacked=True,
    ),
    empty=EMPTY,
    note=f"Reclami ricevuti, {chosen.municipality_name}, {chosen.service_name}.",
)

# In which services and where
by_service = queries.complaints(release, **chosen.period_grain, municipality_code=chosen.municipality)
services = view.with_short_names(highest_first(without(by_service, service_code=ALL_SERVICES), "received"))
show(
    view,
    view.table(
        MART, by_service, ["service_name", *DETAIL], "Nei servizi", by_service.service_code == ALL_SERVICES
    ),
    lambda: charts.bars(
        services, "short_name", view.column(MART, "received"), here=services.service_code == chosen.service
    ),
    empty=EMPTY,
    note=f"Reclami ricevuti, {chosen.municipality_name}.",
    filters={SERVICE: COMPARED},
    choice=view.to_service(by_service, services),
)
by_town = queries.complaints(release, **chosen.period_grain, service_code=chosen.service)
towns = highest_first(without(by_town, municipality_code=ALL_MUNICIPALITIES), "received")
show(
    view,
    view.table(
        MART,
        by_town,
        ["municipality_name", *DETAIL, "complaints_per_100_minors"],
        "Nei Comuni",
        by_town.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.bars(
        towns,
        "municipality_name",
        view.column(MART, "received"),
        here=towns.municipality_code == chosen.municipality,
    ),
    empty=EMPTY,
    note=f"Reclami ricevuti, {chosen.service_name}.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(by_town, towns),
)
