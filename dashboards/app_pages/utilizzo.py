"""Utilizzo dei servizi: quanti interventi si fanno, di che tipo, e quanti saltano?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import highest_first, over_time, without
from dashboards.queries import ALL_INTERVENTIONS, ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.sections import in_towns
from dashboards.selection import MUNICIPALITY, SERVICE

MART = "mart_service_usage"
CONTACT = "mart_contact"
MET = ("minors", "minors_met", "minor_months", "minor_months_met", "contact_rate")
MISSED = ("cancelled_by_user", "cancelled_by_service", "no_show", "interrupted")
MEASURES = ("delivered", "hours_delivered", "minors_reached", "delivery_rate", "median_minutes")
DETAIL = (
    "interventions",
    "delivered",
    "delivery_rate",
    "hours_delivered",
    "minors_reached",
    "median_minutes",
)
EMPTY = "Nessun intervento registrato con questi filtri: scegli un altro periodo, un altro Comune o tutti i servizi."

NOBODY = "Nessun minore in carico per un mese intero: scegli un altro periodo o tutto l'Ambito."

view = open_page("utilizzo", only_case_services=True)
chosen, release = view.selection, view.release

acts = queries.usage(release, **chosen.grain, intervention_type=ALL_INTERVENTIONS)
acts_then = queries.usage(release, **chosen.year_before_grain, intervention_type=ALL_INTERVENTIONS)
key_figures([view.figure(MART, name, acts, acts_then) for name in DETAIL])

measure = pick("Misura dei grafici", view.labels(MART, MEASURES), "misura_utilizzo")
measured = view.column(MART, measure)

# Of what type, and why some did not take place
by_type = queries.usage(release, **chosen.grain)
is_total = by_type.intervention_type == ALL_INTERVENTIONS
types = without(by_type, intervention_type=ALL_INTERVENTIONS)
show(
    view,
    view.table(MART, by_type, ["intervention_type_name", *DETAIL], "Per tipo di intervento", is_total),
    lambda: charts.bars(highest_first(types, measure), "intervention_type_name", measured),
    empty=EMPTY,
    note=f"{measured.label}, {chosen.municipality_name}, {chosen.service_name}.",
)
show(
    view,
    view.table(
        MART,
        by_type,
        ["intervention_type_name", "interventions", *MISSED, "delivery_rate"],
        "Interventi non svolti",
        is_total,
    ),
    lambda: charts.grouped(
        types, "intervention_type_name", charts.series(view.columns(MART, *MISSED)), stacked=True
    ),
    empty=EMPTY,
    note="Che fine hanno fatto gli interventi programmati e non svolti.",
)

# Over time
show_over_time(
    view,
    MART,
    over_time(
        queries.usage(
            release, period_type=chosen.period.type, **chosen.place_grain, intervention_type=ALL_INTERVENTIONS
        ),
        view,
    ),
    ["period", "interventions", "delivered", "delivery_rate", "hours_delivered"],
    "Nel tempo",
    lambda rows: (charts.columns_over_time if measured.is_count else charts.trend)(
        rows, "period", charts.series([measured])
    ),
    empty=EMPTY,
    note=f"{measured.label}, {chosen.municipality_name}, {chosen.service_name}.",
)

# Where and in which services
by_town = queries.usage(
    release, **chosen.period_grain, service_code=chosen.service, intervention_type=ALL_INTERVENTIONS
)
towns = highest_first(without(by_town, municipality_code=ALL_MUNICIPALITIES), measure)
show(
    view,
    view.table(
        MART,
        by_town,
        ["municipality_name", *DETAIL],
        "Nei Comuni",
        by_town.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.bars(
        towns, "municipality_name", measured, here=towns.municipality_code == chosen.municipality
    ),
    empty=EMPTY,
    note=f"{measured.label}, {chosen.service_name}.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(by_town, towns),
)
by_service = queries.usage(
    release, **chosen.period_grain, municipality_code=chosen.municipality, intervention_type=ALL_INTERVENTIONS
)
services = view.with_short_names(highest_first(without(by_service, service_code=ALL_SERVICES), measure))
show(
    view,
    view.table(
        MART, by_service, ["service_name", *DETAIL], "Nei servizi", by_service.service_code == ALL_SERVICES
    ),
    lambda: charts.bars(services, "short_name", measured, here=services.service_code == chosen.service),
    empty=EMPTY,
    note=f"{measured.label}, {chosen.municipality_name}.",
    filters={SERVICE: COMPARED},
    choice=view.to_service(by_service, services),
)

# How many minors are met in person, whatever the service
met = view.column(CONTACT, "contact_rate")
contact = queries.contact(release, period_type=chosen.period.type, municipality_code=chosen.municipality)
show_over_time(
    view,
    CONTACT,
    over_time(contact, view),
    ["period", *MET],
    "Minori incontrati di persona",
    lambda rows: charts.trend(rows, "period", charts.series([met])),
    empty=NOBODY,
    note=f"{met.label}, {chosen.municipality_name}, tutti i servizi. Cerchio vuoto: periodo in corso.",
    filters={SERVICE: "tutti"},
)
in_towns(
    view,
    CONTACT,
    queries.contact(release, **chosen.period_grain),
    MET,
    met,
    title="Minori incontrati, nei Comuni",
    empty=NOBODY,
    note=f"{met.label}, tutti i servizi.",
    filters={SERVICE: "tutti"},
)
