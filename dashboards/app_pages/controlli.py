"""Controlli: le prestazioni controllate sono conformi, e i rilievi si chiudono?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import highest_first, over_time, without
from dashboards.queries import ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY, SERVICE
from osservatorio.periods import SEMESTER, YEAR

MART = "mart_controls"
FIGURES = (
    "controls",
    "services_checked",
    "conformity_rate",
    "with_findings",
    "closed_findings",
    "median_days_to_close",
)
EMPTY = "Nessun controllo con questi filtri: prova un periodo più lungo, tutto l'Ambito o tutti i servizi."

view = open_page("controlli", types=(SEMESTER, YEAR))
chosen, release = view.selection, view.release
conformity = view.column(MART, "conformity_rate")

now, then = queries.controls(release, **chosen.grain), queries.controls(release, **chosen.year_before_grain)
key_figures([view.figure(MART, name, now, then) for name in FIGURES])

# Over time
show_over_time(
    view,
    MART,
    over_time(queries.controls(release, period_type=chosen.period.type, **chosen.place_grain), view),
    ["period", "controls", "conformity_rate", "with_findings", "closed_findings"],
    "Nel tempo",
    lambda rows: charts.columns_over_time(
        rows, "period", charts.series(view.columns(MART, "controls", "with_findings", "closed_findings"))
    ),
    empty=EMPTY,
    note=f"{chosen.municipality_name}, {chosen.service_name}. Tratteggio: periodo in corso.",
)

# In which services and where: only what was checked
by_service = queries.controls(release, **chosen.period_grain, municipality_code=chosen.municipality)
by_service = by_service[by_service.controls > 0]
services = view.with_short_names(
    highest_first(without(by_service, service_code=ALL_SERVICES), "conformity_rate")
)
show(
    view,
    view.table(
        MART, by_service, ["service_name", *FIGURES], "Nei servizi", by_service.service_code == ALL_SERVICES
    ),
    lambda: charts.bars(services, "short_name", conformity, here=services.service_code == chosen.service),
    empty=EMPTY,
    note=f"{conformity.label}, {chosen.municipality_name}: solo i servizi controllati nel periodo.",
    filters={SERVICE: COMPARED},
    choice=view.to_service(by_service, services),
)
by_town = queries.controls(release, **chosen.period_grain, service_code=chosen.service)
by_town = by_town[by_town.controls > 0]
towns = highest_first(without(by_town, municipality_code=ALL_MUNICIPALITIES), "conformity_rate")
show(
    view,
    view.table(
        MART,
        by_town,
        ["municipality_name", *FIGURES],
        "Nei Comuni",
        by_town.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.bars(
        towns, "municipality_name", conformity, here=towns.municipality_code == chosen.municipality
    ),
    empty=EMPTY,
    note=f"{conformity.label}, {chosen.service_name}: solo i Comuni con controlli nel periodo.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(by_town, towns),
)
