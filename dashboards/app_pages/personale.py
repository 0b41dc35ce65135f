"""Personale: chi lavora nei servizi, per quante ore, e quante ne prevede la coprogettazione?"""

from dashboards import charts, queries
from dashboards.components import key_figures, nothing, pick, show, show_over_time
from dashboards.frame import end, open_page
from dashboards.frames import highest_first, over_time, without
from dashboards.queries import ALL_PROFILES, ALL_SERVICES
from dashboards.sections import in_services, in_towns

MART = "mart_staffing"
HOURS = "mart_contract_hours"
CASES = "mart_caseload_by_municipality"
FIGURES = ("hours", "hours_per_week", "fte", "professionals")
EMPTY = "Nessuna ora lavorata con questi filtri: scegli un altro periodo, un altro Comune o tutti i servizi."
NO_HOURS = "La coprogettazione non prevede ore per il servizio scelto: scegli tutti i servizi."

view = open_page("personale")
chosen, release = view.selection, view.release
place = f"{chosen.municipality_name}, {chosen.service_name}"

profiles = queries.labels(release, "total_profilo", "profilo_operatore")
profile = pick("Profilo professionale", profiles, "profilo")
one = {"profilo": profile}
filters = {"profilo": profiles[profile]}

now, then = (queries.staffing(release, **grain, **one) for grain in (chosen.grain, chosen.year_before_grain))
cases, cases_then = (queries.caseload(release, **grain) for grain in (chosen.grain, chosen.year_before_grain))
key_figures(
    [
        *(view.figure(MART, name, now, then) for name in FIGURES),
        view.figure(CASES, "fte_case_holders", cases, cases_then),
        view.figure(CASES, "cases_per_fte", cases, cases_then),
    ]
)

fte = view.column(MART, "fte")
by_profile = queries.staffing(release, **chosen.grain)
show(
    view,
    view.table(
        MART,
        by_profile,
        ["profilo_name", *FIGURES],
        "Per profilo professionale",
        by_profile.profilo == ALL_PROFILES,
    ),
    lambda: charts.bars(highest_first(without(by_profile, profilo=ALL_PROFILES), "fte"), "profilo_name", fte),
    empty=EMPTY,
    note=f"{fte.label}, {place}.",
    filters={"profilo": "tutti, a confronto"},
)
show_over_time(
    view,
    MART,
    over_time(queries.staffing(release, period_type=chosen.period.type, **chosen.place_grain, **one), view),
    ["period", *FIGURES],
    "Nel tempo",
    lambda rows: charts.trend(rows, "period", charts.series([fte])),
    empty=EMPTY,
    note=f"{fte.label}, {profiles[profile]}, {place}. Cerchio vuoto: periodo in corso.",
    filters=filters,
)
in_services(
    view,
    MART,
    queries.staffing(release, **chosen.period_grain, municipality_code=chosen.municipality, **one),
    FIGURES,
    fte,
    empty=EMPTY,
    note=f"{fte.label}, {profiles[profile]}, {chosen.municipality_name}.",
    filters=filters,
)
in_towns(
    view,
    MART,
    queries.staffing(release, **chosen.period_grain, service_code=chosen.service, **one),
    FIGURES,
    fte,
    empty=EMPTY,
    note=f"{fte.label}, {profiles[profile]}, {chosen.service_name}.",
    filters=filters,
)

# What the co-design provides: for the whole Ambito, by service; not for who sees one municipality
if not queries.has_mart(release, HOURS):
    nothing("Le ore previste dalla coprogettazione sono di tutto l'Ambito: le vede l'Ufficio di Piano.")
    end()
provided = queries.contract_hours(
    release,
    **chosen.period_grain,
    service_code=None if chosen.service == ALL_SERVICES else chosen.service,
)
show(
    view,
    view.table(
        HOURS,
        provided,
        [
            "service_name",
            "hours",
            "contract_hours",
            "difference",
            "coverage_rate",
            "hours_fixed",
            "fixed_per",
            "reading",
        ],
        "Ore lavorate e ore previste",
    ),
    lambda: charts.grouped(
        view.with_short_names(provided),
        "short_name",
        charts.series(view.columns(HOURS, "contract_hours", "hours")),
    ),
    empty=NO_HOURS,
    note=f"In tutto l'Ambito, {chosen.period.label}: le ore che il documento di coprogettazione prevede.",
    filters={"comune": "tutto l'Ambito", "profilo": "tutti"},
)
