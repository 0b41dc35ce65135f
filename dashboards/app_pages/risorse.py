"""Risorse: quanto si è speso, rispetto a quanto è stato assegnato?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, show
from dashboards.frame import open_page
from dashboards.frames import highest_first, without
from dashboards.queries import ALL_AREAS, ALL_ITEMS, ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY
from osservatorio.periods import YEAR

MART = "mart_budget"
MONEY = ("allotted", "committed", "spent")
FIGURES = (*MONEY, "residual", "execution_rate", "minors_in_year", "spent_per_minor")
SHARES = ("share_of_budget", "share_of_caseload", "share_of_resident_minors")
EMPTY = (
    "Per questo Comune e quest'anno non ci sono risorse: le risorse dei servizi associati e amministrativi "
    "stanno sotto l'Ambito; scegli «Ambito di Seregno» o uno dei Comuni con équipe territoriale."
)

view = open_page("risorse", types=(YEAR,), with_service=False)
chosen, release = view.selection, view.release
year = int(chosen.period.code)

rows = queries.budget(release, year=year, municipality_code=chosen.municipality)
rows_then = queries.budget(release, year=year - 1, municipality_code=chosen.municipality, area=ALL_AREAS)
whole = rows[rows.area == ALL_AREAS]
key_figures([view.figure(MART, name, whole, rows_then) for name in FIGURES])

# By area
areas = without(rows, area=ALL_AREAS)
shown = rows if len(areas) else areas
show(
    view,
    view.table(
        MART,
        shown,
        ["area_name", *MONEY, "residual", "execution_rate"],
        "Aree dei servizi",
        shown.area == ALL_AREAS,
    ),
    lambda: charts.grouped(areas, "area_name", charts.series(view.columns(MART, *MONEY))),
    empty=EMPTY,
    note=f"{chosen.municipality_name}, {chosen.period.label}. Senza le rette delle strutture e i contributi di affido.",
)

# Territorial teams, town by town
teams = queries.budget(release, year=year, area="equipe_territoriale")
towns = without(teams, municipality_code=ALL_MUNICIPALITIES)
show(
    view,
    view.table(
        MART,
        teams,
        ["municipality_name", *MONEY, "residual", "execution_rate", "spent_per_minor"],
        "Équipe territoriali nei Comuni",
        teams.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.grouped(
        towns, "municipality_name", charts.series(view.columns(MART, "allotted", "spent"))
    ),
    empty="Per quest'anno non ci sono risorse delle équipe territoriali.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(teams, towns),
)
show(
    view,
    view.table(MART, towns, ["municipality_name", *SHARES], "Quote a confronto"),
    lambda: charts.grouped(towns, "municipality_name", charts.series(view.columns(MART, *SHARES))),
    empty="Per quest'anno non ci sono risorse delle équipe territoriali.",
    note="Équipe territoriali: la quota di risorse di ogni Comune accanto alla quota di minori seguiti e di residenti.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(towns, towns),
)

# Fees, apart
fees = queries.budget(release, year=year, area=ALL_AREAS)
fees = fees[fees.fees_spent.notna() | fees.fees_committed.notna()]
payers = highest_first(without(fees, municipality_code=ALL_MUNICIPALITIES), "fees_spent")
show(
    view,
    view.table(
        MART,
        fees,
        ["municipality_name", "fees_committed", "fees_spent"],
        "Rette e contributi di affido, a parte",
        fees.municipality_code == ALL_MUNICIPALITIES,
    ),
    lambda: charts.bars(
        payers,
        "municipality_name",
        view.column(MART, "fees_spent"),
        here=payers.municipality_code == chosen.municipality,
    ),
    empty="Per quest'anno non ci sono rette né contributi di affido.",
    note="Le paga ogni Comune con il proprio bilancio: non consumano le risorse della coprogettazione e non entrano "
    "nella spesa e nel residuo qui sopra.",
    filters={MUNICIPALITY: COMPARED},
    choice=view.to_town(fees, payers),
)

# What the money was spent on
items = queries.expenditure(
    release, **chosen.period_grain, municipality_code=chosen.municipality, service_code=ALL_SERVICES
)
show(
    view,
    view.table(
        "mart_expenditure",
        items,
        ["voce_name", "committed", "spent"],
        "Voci di spesa",
        items.voce == ALL_ITEMS,
    ),
    lambda: charts.bars(
        highest_first(without(items, voce=ALL_ITEMS), "spent"),
        "voce_name",
        view.column("mart_expenditure", "spent"),
    ),
    empty="Nessuna spesa registrata per questo Comune e quest'anno.",
    note=f"{chosen.municipality_name}, {chosen.period.label}. Comprende rette e contributi di affido.",
)
