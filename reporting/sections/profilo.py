"""Profilo dei minori: age, sex, citizenship of the minors in care."""

from osservatorio.italian import join_words, number
from reporting.context import Context, Slice, stacked
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, present
from reporting.queries import TUTTI
from reporting.statements import leading
from reporting.text import listing, upper_first, verb

MART = "mart_caseload_profile"
# The dimensions that the report shows, and the list that labels their categories.
DIMENSIONS = {
    "age_band": "age_band",
    "sex": "sesso",
    "citizenship": "cittadinanza",
    "unaccompanied": "si_no",
}
FIGURES = ("minors_at_end", "minors_in_period")


def profilo(context: Context) -> Section:
    """The section on who the minors are, of a semester or of a year."""
    profile = _profile(context)
    if profile is None:
        nothing = f"{upper_first(context.in_period)} non risultano minori in carico."
        return Section("profilo", "Profilo dei minori", (Paragraph(nothing),))
    age = context.labels.label("dimension", "age_band")
    blocks = present(
        Paragraph(_sentence(context, profile, age)),
        profile,
        _age_chart(context, profile, age),
        _by_town(context, "age_band", "fascia d'età", "Età per Comune"),
        _by_town(context, "citizenship", "cittadinanza", "Cittadinanza per Comune"),
    )
    return Section("profilo", "Profilo dei minori", blocks)


def _profile(context: Context) -> Table | None:
    parts = {}
    for dimension, code_list in DIMENSIONS.items():
        source = Slice(
            MART,
            ("category",),
            context.this_period(municipality_code=context.place, service_code=TUTTI, dimension=dimension),
            {"category": code_list},
        )
        name = context.labels.label("dimension", dimension)
        parts[name] = context.table(
            dimension, source, FIGURES, compare=("minors_at_end",), title=name, sheet=""
        )
    heading = context.head(MART, "dimension")
    return stacked(
        "profilo",
        heading,
        parts,
        title="Minori per età, sesso e cittadinanza",
        sheet="Profilo dei minori",
        note="Non compaiono le categorie senza minori.",
    )


def _by_town(context: Context, dimension: str, what: str, sheet: str) -> Table | None:
    source = Slice(
        MART,
        ("municipality_code",),
        context.this_period(municipality_code=context.places, service_code=TUTTI, dimension=dimension),
        {"category": DIMENSIONS[dimension]},
    )
    return context.matrix(
        f"profilo_{dimension}",
        source,
        "category",
        "minors_at_end",
        title=f"Minori in carico {context.at_end} {context.by_town_and(what)}",
        sheet=sheet,
        note="Dove manca il numero non c'è nessun minore.",
    )


def _age_chart(context: Context, table: Table, age: str) -> Chart | None:
    chart = Chart(
        "grafico_eta",
        f"Minori in carico {context.at_end} per fascia d'età",
        ChartKind.COLUMNS,
        table.key,
        "category",
        context.series("minors_at_end"),
        f"Colonne: minori in carico {context.at_end} per fascia d'età. {listing(_rows(table, age))}.",
        group=age,
        names=context.series_names,
    )
    return worth_drawing(chart, table)


def _rows(table: Table, group: str) -> list[tuple[str, object]]:
    value = table.position("minors_at_end")
    return [(str(row.values[1]), row.values[value]) for row in table.rows if row.values[0] == group]


def _sentence(context: Context, table: Table, age: str) -> str:
    """Which ages prevail and how many girls and boys there are; nothing of the first when minors are few."""
    ages = _rows(table, age)
    prevailing = leading(ages)
    most = max((value or 0 for _, value in ages), default=0)
    if not prevailing:
        sentence = (
            f"I minori in carico {context.at_end} sono troppo pochi per dire quale fascia d'età prevalga."
        )
    elif len(prevailing) == 1:
        sentence = (
            f"La fascia d'età più numerosa fra i minori in carico {context.at_end} è {prevailing[0]}, "
            f"con {number(most)} minori."
        )
    else:
        sentence = (
            f"Le fasce d'età più numerose fra i minori in carico {context.at_end} sono {join_words(prevailing)}, "
            f"con {number(most)} {verb(most, 'minore', 'minori')} ciascuna."
        )
    sex = {row.key[-1]: row.values[table.position("minors_at_end")] for row in table.rows}
    if {"F", "M"} <= set(sex):
        sentence += f" Femmine: {number(sex['F'])}; maschi: {number(sex['M'])}."
    return sentence
