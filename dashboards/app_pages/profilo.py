"""Profilo dei minori: chi sono i minori in carico, e come stanno cambiando?"""

import pandas as pd

from dashboards import charts, queries
from dashboards.components import group, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import beside_year_before, over_time, over_years, spread
from dashboards.sections import in_services, in_towns
from dashboards.theme import PALE, PRIMARY
from osservatorio.periods import SEMESTER, YEAR

MART = "mart_caseload_profile"
CASES = "mart_caseload_by_municipality"
FLOW = "mart_flow"
EMPTY = (
    "Nessun minore in carico con questi filtri: scegli un altro periodo, un altro Comune o tutti i servizi."
)

view = open_page("profilo", types=(SEMESTER, YEAR), only_case_services=True)
chosen, release = view.selection, view.release
place = f"{chosen.municipality_name}, {chosen.service_name}"
counted = view.column(MART, "minors_in_period")

cases, cases_then = (queries.caseload(release, **grain) for grain in (chosen.grain, chosen.year_before_grain))
key_figures(
    [
        view.figure(CASES, name, cases, cases_then)
        for name in ("minors_in_period", "minors_at_end", "minors_per_1000")
    ]
)

# Who they are, beside the year before
group("Chi sono")
dimensions = queries.profile_dimensions(release)
dimension = pick("Caratteristica dei minori", dimensions, "caratteristica")
name = dimensions[dimension]
people, people_then = (
    queries.profile(release, **grain, dimension=dimension)
    for grain in (chosen.grain, chosen.year_before_grain)
)
compared, both = beside_year_before(people, people_then, "category", counted, chosen.period)
show(
    view,
    view.table(MART, compared, ["category_name", *both, "minors_at_end"], f"{name}: un anno dopo l'altro"),
    lambda: charts.grouped(compared, "category_name", charts.series(both, (PALE, PRIMARY)[-len(both) :])),
    empty=EMPTY,
    note=f"{counted.label}, {place}. Un minore è contato una volta sola in ogni categoria.",
    filters={"caratteristica": name},
)

if len(people):
    categories = dict(zip(people.category, people.category_name, strict=True))
    category = pick("Categoria da confrontare", categories, "categoria")
    drawn = f"Nel grafico: {categories[category]}. {counted.label}"
    filters = {"caratteristica": name, "categoria del grafico": categories[category]}

    def by_category(rows: pd.DataFrame, key: str, *beside: str) -> pd.DataFrame:
        """One row per `key`, in the order of the rows, one column per category; `beside` are columns of the key."""
        wide, _ = spread(rows, key, "category", categories, counted)
        return wide.merge(rows.drop_duplicates(key)[[key, *beside]], on=key)

    _, parts = spread(people, "dimension", "category", categories, counted)
    part = next(part for part in parts if part.name == category)

    history = queries.profile(
        release, period_type=chosen.period.type, **chosen.place_grain, dimension=dimension
    )
    show_over_time(
        view,
        MART,
        over_time(by_category(history, "period", "is_complete"), view),
        ["period", *parts],
        f"{name}: nel tempo",
        lambda rows: charts.columns_over_time(rows, "period", charts.series([part])),
        empty=EMPTY,
        note=f"{drawn}, {place}. Tratteggio: periodo in corso.",
        filters=filters,
    )
    towns = queries.profile(release, **chosen.period_grain, service_code=chosen.service, dimension=dimension)
    in_towns(
        view,
        MART,
        by_category(towns, "municipality_code", "municipality_name"),
        parts,
        part,
        title=f"{name}: nei Comuni",
        empty=EMPTY,
        note=f"{drawn}, {chosen.service_name}.",
        filters=filters,
    )
    services = queries.profile(
        release, **chosen.period_grain, municipality_code=chosen.municipality, dimension=dimension
    )
    in_services(
        view,
        MART,
        by_category(services, "service_code", "service_name"),
        parts,
        part,
        title=f"{name}: nei servizi",
        empty=EMPTY,
        note=f"{drawn}, {chosen.municipality_name}.",
        filters=filters,
    )

# How they come and how long they stay: by year, for all services
group("Come arrivano e quanto restano")
flow = over_years(queries.flow(release, municipality_code=chosen.municipality), view)
NO_YEARS = "Non ci sono anni con dati completi da confrontare."
show_over_time(
    view,
    FLOW,
    flow,
    ["year", "referrals", "immature", "assessable_referrals", "re_referrals_12m", "re_referral_rate"],
    "Come arrivano: le segnalazioni",
    lambda rows: charts.columns_over_time(
        rows, "year", charts.series(view.columns(FLOW, "referrals", "re_referrals_12m"))
    ),
    empty=NO_YEARS,
    note=f"{chosen.municipality_name}, tutti i servizi. Tratteggio: anno in corso.",
)
show_over_time(
    view,
    FLOW,
    flow,
    ["year", "median_days_referral_to_opening", "closed_spells", "duration_of_closed_spells"],
    "Quanto aspettano e quanto restano",
    lambda rows: charts.columns_over_time(
        rows, "year", charts.series(view.columns(FLOW, "duration_of_closed_spells"))
    ),
    empty=NO_YEARS,
    note=f"{view.column(FLOW, 'duration_of_closed_spells').label}. {chosen.municipality_name}, tutti i servizi.",
)
