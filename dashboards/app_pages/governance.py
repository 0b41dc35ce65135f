"""Governance: gli organi di governo si incontrano, e quello che decidono si attua?"""

from dashboards import charts, queries
from dashboards.choosing import Choice
from dashboards.components import COMPARED, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import over_time, without
from dashboards.queries import ALL_LEVELS
from dashboards.working import show_list

MART = "mart_governance"
FIGURES = (
    "meetings",
    "months_without_meeting",
    "cases_examined",
    "decisions",
    "decisions_done",
    "decisions_done_rate",
    "supervision_hours",
    "training_hours",
)
DETAIL = (
    "meetings",
    "months_without_meeting",
    "cases_examined",
    "decisions",
    "decisions_done",
    "decisions_done_rate",
)
HOURS = ("supervision_hours", "supervision_contract_hours", "training_hours")
EMPTY = "Nessun incontro consegnato fino a questo periodo: scegli un periodo più recente."
WHICH = {"tutti": "Tutti gli incontri", "da_attuare": "Solo con decisioni da attuare"}

view = open_page("governance", with_municipality=False, with_service=False)
chosen, release = view.selection, view.release

levels = queries.labels(release, "total_level", "livello_riunione")
level = pick("Livello", levels, "livello")
filters = {"livello": levels[level]}

now, then = (
    queries.governance(release, **grain, level=level)
    for grain in (chosen.period_grain, {**chosen.period_grain, "period": chosen.period.year_before.code})
)
key_figures([view.figure(MART, name, now, then) for name in FIGURES])

by_level = queries.governance(release, **chosen.period_grain)
bodies = without(by_level, level=ALL_LEVELS)
show(
    view,
    view.table(MART, by_level, ["level_name", *DETAIL], "Per livello", by_level.level == ALL_LEVELS),
    lambda: charts.grouped(
        bodies,
        "level_name",
        charts.series(view.columns(MART, "meetings", "decisions", "decisions_done")),
    ),
    empty=EMPTY,
    note=f"{chosen.period_label}. Il nome di un livello porta ai suoi incontri.",
    filters={"livello": COMPARED},
    choice=Choice("livello", "level_name", by_level.level.tolist(), bodies.level.tolist()),
)
history = over_time(queries.governance(release, period_type=chosen.period.type, level=level), view)
show_over_time(
    view,
    MART,
    history,
    ["period", *DETAIL],
    "Incontri e decisioni nel tempo",
    lambda rows: charts.columns_over_time(
        rows, "period", charts.series(view.columns(MART, "decisions", "decisions_done"))
    ),
    empty=EMPTY,
    note=f"{levels[level]}. Tratteggio: periodo in corso.",
    filters=filters,
)
hours = over_time(queries.governance(release, period_type=chosen.period.type, level=ALL_LEVELS), view)
show_over_time(
    view,
    MART,
    hours,
    ["period", *HOURS],
    "Supervisione e formazione",
    lambda rows: charts.columns_over_time(
        rows, "period", charts.series(view.columns(MART, "supervision_hours", "training_hours"))
    ),
    empty=EMPTY,
    note="Ore di tutti i livelli. Tratteggio: periodo in corso.",
)

# The meetings, one by one
which = pick("Incontri da mostrare", WHICH, "incontri")
held = queries.meetings(
    release,
    (chosen.period.start, chosen.period.end),
    only_to_do=which == "da_attuare",
    level=None if level == ALL_LEVELS else level,
)
show_list(
    view,
    held,
    [
        "meeting_date",
        "level_name",
        "record_id",
        "participants",
        "cases_examined",
        "decisions",
        "decisions_done",
        "decisions_open",
        "minutes_approved_date",
    ],
    [
        "meeting_date",
        "level_name",
        "record_id",
        "municipality_name",
        "days_since",
        "participants",
        "cases_examined",
        "decisions",
        "decisions_done",
        "decisions_open",
        "minutes_approved_date",
    ],
    ["codice_ente", "record_id"],
    choice="incontro",
    label="Incontro da vedere per intero",
    title="Elenco degli incontri",
    empty="Nessun incontro nel periodo con questi filtri: scegli un periodo più lungo o tutti gli incontri.",
    note=f"{levels[level]}, {chosen.period.label}, dal più recente. Quali siano le decisioni da attuare è nel verbale.",
    filters={**filters, "incontri": WHICH[which]},
)
