"""Incontri protetti e ADM: gli incontri si tengono, e quanta educativa domiciliare arriva alle famiglie?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, group, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import over_time, without
from dashboards.queries import ALL_INTERVENTIONS, ALL_MUNICIPALITIES
from dashboards.sections import in_towns
from dashboards.selection import MUNICIPALITY

MART = "mart_supervised_meetings"
USAGE = "mart_service_usage"
CASES = "mart_caseload_by_municipality"
ADM = "adm"
FIGURES = ("planned", "held", "held_rate", "missed_rate", "cancelled_by_service", "over_150_rate")
WAIT = ("first_meetings", "waiting_days", "still_waiting")
OUTCOMES = ("held", "cancelled_by_user", "cancelled_by_service", "no_show", "interrupted")
MEASURES = ("held", "held_rate", "missed_rate", "over_150_rate", "median_minutes", "waiting_days")
HOME_HELP = (
    "interventions",
    "delivered",
    "delivery_rate",
    "hours_delivered",
    "minors_reached",
    "median_minutes",
)
EMPTY = "Nessun incontro protetto con questi filtri: scegli un altro periodo o tutto l'Ambito."
NO_ADM = (
    "Nessun intervento di educativa domiciliare con questi filtri: scegli un altro periodo o tutto l'Ambito."
)

view = open_page("incontri", with_service=False)
chosen, release = view.selection, view.release

now, then = (
    queries.supervised_meetings(release, **grain)
    for grain in (chosen.town_grain, chosen.town_year_before_grain)
)
group("Incontri protetti")
key_figures([view.figure(MART, name, now, then) for name in (*FIGURES, "waiting_days", "still_waiting")])

measure = pick("Misura dei grafici", view.labels(MART, MEASURES), "misura_incontri")
measured = view.column(MART, measure)
show_over_time(
    view,
    MART,
    over_time(
        queries.supervised_meetings(
            release, period_type=chosen.period.type, municipality_code=chosen.municipality
        ),
        view,
    ),
    ["period", "planned", "held", "held_rate", "missed_rate", *WAIT],
    "Incontri nel tempo",
    lambda rows: (charts.columns_over_time if measured.is_count else charts.trend)(
        rows, "period", charts.series([measured])
    ),
    empty=EMPTY,
    note=f"{measured.label}, {chosen.municipality_name}. Vuoto o tratteggiato: periodo in corso.",
)
towns = queries.supervised_meetings(release, **chosen.period_grain)
towns = towns[towns.planned > 0].reset_index(drop=True)
in_towns(
    view,
    MART,
    towns,
    ["planned", "held", "held_rate", "missed_rate", "median_minutes", "over_150_rate", "waiting_days"],
    measured,
    title="Incontri nei Comuni",
    is_rate=not measured.is_count,
    empty=EMPTY,
    note=f"{measured.label}: solo i Comuni con incontri programmati nel periodo.",
)
parts = without(towns, municipality_code=ALL_MUNICIPALITIES)
show(
    view,
    view.table(
        MART,
        towns,
        ["municipality_name", "planned", *OUTCOMES],
        "Come sono andati gli incontri",
        towns.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.grouped(
        parts, "municipality_name", charts.series(view.columns(MART, *OUTCOMES)), stacked=True
    ),
    empty=EMPTY,
    note="Che fine hanno fatto gli incontri programmati.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(towns, parts),
)

# Home help: the same acts as in the page of the services, for this service only
group("Assistenza educativa domiciliare (ADM)")
adm = {"service_code": ADM, "intervention_type": ALL_INTERVENTIONS}
acts, acts_then = (
    queries.usage(release, **grain, **adm) for grain in (chosen.town_grain, chosen.town_year_before_grain)
)
cases, cases_then = (
    queries.caseload(release, **grain, service_code=ADM)
    for grain in (chosen.town_grain, chosen.town_year_before_grain)
)
key_figures(
    [
        *(view.figure(CASES, name, cases, cases_then) for name in ("minors_at_end", "opened", "closed")),
        *(
            view.figure(USAGE, name, acts, acts_then)
            for name in ("hours_delivered", "delivered", "delivery_rate")
        ),
    ]
)
hours = view.column(USAGE, "hours_delivered")
show_over_time(
    view,
    USAGE,
    over_time(
        queries.usage(release, period_type=chosen.period.type, municipality_code=chosen.municipality, **adm),
        view,
    ),
    ["period", *HOME_HELP],
    "ADM nel tempo",
    lambda rows: charts.columns_over_time(rows, "period", charts.series([hours])),
    empty=NO_ADM,
    note=f"{hours.label}, {chosen.municipality_name}. Tratteggio: periodo in corso.",
)
in_towns(
    view,
    USAGE,
    queries.usage(release, **chosen.period_grain, **adm),
    HOME_HELP,
    hours,
    title="ADM nei Comuni",
    empty=NO_ADM,
)
by_type = queries.usage(release, **chosen.town_grain, service_code=ADM)
show(
    view,
    view.table(
        USAGE,
        by_type,
        ["intervention_type_name", *HOME_HELP],
        "ADM per tipo di intervento",
        by_type.intervention_type == ALL_INTERVENTIONS,
    ),
    lambda: charts.bars(
        without(by_type, intervention_type=ALL_INTERVENTIONS), "intervention_type_name", hours
    ),
    empty=NO_ADM,
    note=f"{hours.label}, {chosen.municipality_name}.",
)
