"""Regole e scadenze: le regole sono rispettate, che cosa va rimediato, e che cosa scade?"""

import streamlit as st

from dashboards import charts, queries
from dashboards.choosing import Choice
from dashboards.components import COMPARED, group, key_figures, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import over_time, without
from dashboards.queries import ALL_RULES
from dashboards.sections import in_towns
from dashboards.working import show_list
from osservatorio.periods import SEMESTER, YEAR

MART = "mart_rule_compliance"
COUNTS = "mart_deadline_counts"
FIGURES = ("compliance_rate", "checked", "compliant", "not_compliant", "not_assessable")
EVERY = "tutti"
WHEN = {"sempre": "Tutti i periodi", "periodo": "Solo il periodo scelto"}
STATES = {"tutte": "Scadute e in scadenza", "scadute": "Solo scadute", "vicine": "Solo in scadenza"}
EMPTY = "Nessuna verifica con questi filtri: scegli un altro periodo, tutto l'Ambito o tutte le regole."

view = open_page("regole", types=(SEMESTER, YEAR), with_service=False)
chosen, release = view.selection, view.release
town = None if chosen.is_whole_ambito else chosen.municipality
severities = queries.labels(release, "severity")

group("Regole")
rows = queries.rule_compliance(release, **chosen.town_grain)
rules = without(rows, rule_id=ALL_RULES)
titles = {ALL_RULES: "Tutte le regole"} | {
    row.rule_id: f"{row.rule_id} · {row.rule_title}" for row in rules.itertuples()
}
rule = pick("Regola", titles, "regola")
filters = {"regola": titles[rule]}
now, then = (
    queries.rule_compliance(release, **grain, rule_id=rule)
    for grain in (chosen.town_grain, chosen.town_year_before_grain)
)
key_figures([view.figure(MART, name, now, then) for name in FIGURES])

# By article: every row leads to its list
assessed = rules[rules.compliance_rate.notna()].sort_values(["compliance_rate", "rule_order"])
assessed = assessed.assign(short_name=assessed.rule_id + " · " + assessed.article).reset_index(drop=True)
by_rule = view.table(
    MART,
    rows.assign(severity=rows.severity.map(severities)),
    ["rule_id", "rule_title", "article", "severity", *FIGURES[1:], "compliance_rate"],
    "Conformità per articolo",
    rows.rule_id == ALL_RULES,
)
show(
    view,
    by_rule,
    lambda: charts.bars(
        assessed, "short_name", view.column(MART, "compliance_rate"), here=assessed.rule_id == rule
    ),
    empty=EMPTY,
    note=f"{view.column(MART, 'compliance_rate').label}, {chosen.municipality_name}, {chosen.period.label}: solo le "
    "regole valutate, la meno rispettata per prima. Il codice di una regola porta al suo elenco.",
    filters={"regola": COMPARED},
    choice=Choice(
        "regola", "rule_id", rows.rule_id.tolist(), assessed.rule_id.tolist(), "filtri_rilievi", ("rilievo",)
    ),
)
show_over_time(
    view,
    MART,
    over_time(
        queries.rule_compliance(
            release, period_type=chosen.period.type, municipality_code=chosen.municipality, rule_id=rule
        ),
        view,
    ),
    ["period", *FIGURES],
    "Conformità nel tempo",
    lambda history: charts.trend(history, "period", charts.series(view.columns(MART, "compliance_rate"))),
    empty=EMPTY,
    note=f"{titles[rule]}, {chosen.municipality_name}. Cerchio vuoto: periodo in corso.",
    filters=filters,
)
in_towns(
    view,
    MART,
    queries.rule_compliance(release, **chosen.period_grain, rule_id=rule),
    FIGURES,
    view.column(MART, "compliance_rate"),
    title="Conformità nei Comuni",
    empty="Questa regola riguarda un intero periodo e non un Comune: non c'è un confronto tra Comuni.",
    note=f"{view.column(MART, 'compliance_rate').label}: {titles[rule]}.",
    filters=filters,
)

# What must be mended
with st.container(key="filtri_rilievi", horizontal=True, gap="small"):
    outcomes = {EVERY: "Tutti gli esiti"} | {
        code: name
        for code, name in queries.labels(release, "rule_outcome").items()
        if code in ("not_compliant", "not_assessable")
    }
    outcome = pick("Esito", outcomes, "esito")
    weights = {EVERY: "Ogni peso", **severities}
    weight = pick("Peso della regola", weights, "peso")
    when = pick("Quando", WHEN, "quando")
found = queries.rule_findings(
    release,
    rule_id=None if rule == ALL_RULES else rule,
    municipality_code=town,
    outcome=None if outcome == EVERY else outcome,
    severity=None if weight == EVERY else weight,
    days=(chosen.period.start, chosen.period.end) if when == "periodo" else None,
)
show_list(
    view,
    found,
    [
        "record_id",
        "rule_id",
        "municipality_name",
        "event_date",
        "outcome_name",
        "what_is_missing",
        "how_to_mend",
    ],
    [
        "rule_title",
        "article",
        "severity_name",
        "outcome_name",
        "record_name",
        "record_id",
        "record_detail",
        "municipality_name",
        "service_name",
        "event_date",
        "value_found",
        "value_expected",
        "what_is_missing",
        "how_to_mend",
        "cost_to_recover",
        "note",
    ],
    ["rule_id", "codice_ente", "record_id", "outcome"],
    title="Elenco dei rilievi",
    choice="rilievo",
    label="Rilievo da vedere per intero",
    empty="Nessun rilievo con questi filtri: prova tutte le regole, ogni esito o tutti i periodi.",
    note=f"{titles[rule]}, {chosen.municipality_name}, {WHEN[when].lower()}: prima le violazioni, poi i più recenti.",
    filters={**filters, "esito": outcomes[outcome], "peso": weights[weight], "quando": WHEN[when]},
)

# What is due
group("Scadenze")
counts = queries.deadline_counts(release, municipality_code=chosen.municipality)
show(
    view,
    view.table(
        COUNTS,
        counts,
        [
            "deadline_name",
            "article",
            "overdue",
            "upcoming",
            "oldest_due_date",
            "next_due_date",
            "horizon_days",
        ],
        "Scadenze per tipo",
    ),
    lambda: charts.grouped(
        counts, "deadline_name", charts.series(view.columns(COUNTS, "overdue", "upcoming"))
    ),
    empty="Nessuna scadenza da seguire.",
    note=f"{chosen.municipality_name}, alla data di riferimento della pubblicazione. Il nome porta all'elenco.",
    choice=Choice(
        "scadenza",
        "deadline_name",
        counts.deadline_kind.tolist(),
        counts.deadline_kind.tolist(),
        "filtri_scadenze",
        ("termine",),
    ),
)
kinds = {EVERY: "Tutte le scadenze", **dict(zip(counts.deadline_kind, counts.deadline_name, strict=True))}
with st.container(key="filtri_scadenze", horizontal=True, gap="small"):
    kind = pick("Scadenza", kinds, "scadenza")
    state = pick("Stato", STATES, "stato")
due = queries.deadlines(
    release,
    deadline_kind=None if kind == EVERY else kind,
    municipality_code=town,
    is_overdue=None if state == "tutte" else state == "scadute",
)
show_list(
    view,
    due,
    ["record_id", "deadline_name", "municipality_name", "due_date", "days_left", "detail", "what_to_do"],
    [
        "deadline_name",
        "article",
        "record_name",
        "record_id",
        "detail",
        "municipality_name",
        "service_name",
        "due_date",
        "days_left",
        "what_to_do",
    ],
    ["deadline_kind", "codice_ente", "record_id"],
    title="Elenco delle scadenze",
    choice="termine",
    label="Scadenza da vedere per intero",
    empty="Nessuna scadenza con questi filtri.",
    note=f"{kinds[kind]}, {chosen.municipality_name}, dalla più lontana nel passato.",
    filters={"scadenza": kinds[kind], "stato": STATES[state]},
)
