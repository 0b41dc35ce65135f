"""Costi e ripartizione: each municipality's share of the money beside its caseload and residents; cost per minor."""

from osservatorio.italian import join_words, number, percent
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.over_time import years_of
from reporting.queries import TUTTI
from reporting.sections.risorse import BUDGET, TEAMS
from reporting.statements import rate_since
from reporting.text import sentences, with_article

COSTS = "mart_service_costs"
TITLE = "Costi e ripartizione delle risorse"
SHARES = ("share_of_budget", "share_of_caseload", "share_of_resident_minors")
PER_HEAD = ("spent_per_minor", "total_per_minor", "spent_per_resident_minor", "total_per_resident_minor")
GAP = 0.05  # a difference between two shares that a sentence names
PER_MINOR, TOTAL_PER_MINOR = "spesa_per_minore", "spesa_totale_per_minore"


def costi(context: Context) -> Section:
    """The section on what the services cost and how resources are divided, of a year."""
    year = context.period.start.year
    by_town = context.table(
        "costi_comune",
        Slice(
            COSTS,
            ("municipality_code",),
            {"year": year, "municipality_code": context.places, "service_code": TUTTI},
        ),
        ("total_spent", "minors_in_year", *PER_HEAD),
        title=f"Spesa per minore in carico e per residente {context.by_town}",
        sheet="Costi per Comune",
        keep=("total_spent",),
    )
    if by_town is None or not by_town.value(context.place, "total_spent"):
        nothing = f"Per il {year} non risultano spese {context.where}."
        return Section("costi", TITLE, (Paragraph(nothing),), nothing)
    lead = _lead(context)
    shares = _shares(context)
    blocks = present(
        Paragraph(lead),
        by_town,
        context.table(
            "costi_servizio",
            Slice(COSTS, ("service_code",), {"year": year, "municipality_code": context.place}),
            ("spent", "fees", "total_spent", "minors_in_year", *PER_HEAD[:2]),
            title="Spesa per servizio e per minore in carico",
            sheet="Costi per servizio",
            keep=("total_spent",),
        ),
        years_of(
            context,
            "costi_anni",
            COSTS,
            {"municipality_code": context.place, "service_code": TUTTI},
            ("spent", "fees", "total_spent", "minors_in_year", *PER_HEAD[:2]),
            title="Spesa e spesa per minore in carico, anno per anno",
            sheet="Costi negli anni",
            keep=("total_spent",),
        ),
        Heading("Risorse, minori in carico e residenti") if shares else None,
        Paragraph(_gaps(context, shares)) if shares else None,
        shares,
        _chart(shares),
    )
    return Section("costi", TITLE, blocks, lead)


def _lead(context: Context) -> str:
    """Cost per minor, without and with fees, beside a year before and the Ambito."""
    own = context.measure(PER_MINOR)
    total = context.measure(TOTAL_PER_MINOR)
    if total is None or total.value is None:
        return "La spesa per minore in carico non si può calcolare: non risultano minori in carico."
    label = context.compared_label
    around = context.measure_around(TOTAL_PER_MINOR)
    beside = f", contro {around.text} nell'Ambito" if around and around.value is not None else ""
    without = rate_since(own, context.measure_before(PER_MINOR), label) if own and own.value else ""
    return sentences(
        f"Rette e contributi compresi, {context.in_period} si sono spesi per ogni minore in carico "
        f"{rate_since(total, context.measure_before(TOTAL_PER_MINOR), label)}{beside}.",
        f"Senza rette e contributi: {without}." if without else "",
    )


def _shares(context: Context) -> Table | None:
    """The teams' resources: each municipality's share of budget, caseload and residents."""
    return context.table(
        "quote_comune",
        Slice(
            BUDGET,
            ("municipality_code",),
            {"year": context.period.start.year, "municipality_code": context.places, "area": TEAMS},
        ),
        ("allotted", "minors_in_year", *SHARES),
        title=f"Quote delle risorse delle équipe, dei minori in carico e dei residenti {context.by_town}",
        sheet="Quote per Comune",
        note="Minori in carico alle équipe nell'anno; residenti da 0 a 17 anni. Le quote dei residenti sono sui dieci "
        "Comuni dell'Ambito.",
        keep=("allotted",),
    )


def _gaps(context: Context, table: Table) -> str:
    """Where the share of the money is far from the share of the minors."""
    budget, caseload, residents = (table.position(name) for name in SHARES)
    if context.municipality:
        row = next((row for row in table.rows if row.key == (context.place,)), None)
        if row is None or row.values[budget] is None or row.values[caseload] is None:
            return ""
        return (
            f"Il Comune ha {with_article('il', percent(row.values[budget]))} delle risorse delle équipe, "
            f"{with_article('il', percent(row.values[caseload]))} dei minori in carico alle équipe e "
            f"{with_article('il', percent(row.values[residents]))} dei residenti da 0 a 17 anni dell'Ambito."
        )
    known = [row for row in table.body if None not in (row.values[budget], row.values[caseload])]
    groups = []
    for words, sign in (("più alta", 1), ("più bassa", -1)):
        gaps = [(sign * (row.values[budget] - row.values[caseload]), row) for row in known]
        far = sorted((item for item in gaps if item[0] >= GAP), key=lambda item: (-item[0], item[1].key))
        towns = [
            f"{row.values[0]} ({percent(row.values[budget])}, contro {percent(row.values[caseload])})"
            for _, row in far
        ]
        groups += [f"{words} a {join_words(towns)}"] if towns else []
    points = f"{number(GAP * 100)} punti percentuali"
    if not groups:
        return (
            f"In nessun Comune la quota delle risorse si scosta di {points} da quella dei minori in carico."
        )
    return f"Di almeno {points}, la quota delle risorse rispetto a quella dei minori in carico è {'; '.join(groups)}."


def _chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    budget, caseload = table.position("share_of_budget"), table.position("share_of_caseload")
    parts = [
        f"{row.values[0]}: risorse {percent(row.values[budget])}, minori {percent(row.values[caseload])}"
        for row in table.body
    ]
    chart = Chart(
        "grafico_quote",
        "Quota delle risorse delle équipe e quota dei minori in carico",
        ChartKind.BARS,
        table.key,
        "municipality_code",
        ("share_of_budget", "share_of_caseload"),
        f"Barre orizzontali, due per Comune. {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)
