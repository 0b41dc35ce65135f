"""Profilo dei minori: age, sex, citizenship of the minors in care."""

from osservatorio.italian import number
from reporting.context import Context, Slice, stacked
from reporting.model import Block, Chart, ChartKind, Paragraph, Section, Table
from reporting.queries import TUTTI
from reporting.text import listing

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
    """Section 2 of the semi-annual report."""
    profile = _profile(context)
    if profile is None:
        return Section(
            "profilo", "Profilo dei minori", (Paragraph("Nel semestre non risultano minori in carico."),)
        )
    age = context.labels.label("dimension", "age_band")
    blocks: list[Block | None] = [
        Paragraph(_sentence(profile, age)),
        profile,
        Chart(
            "grafico_eta",
            "Minori in carico a fine semestre per fascia d'età",
            ChartKind.COLUMNS,
            profile.key,
            "category",
            context.series("minors_at_end"),
            f"Colonne: minori in carico a fine semestre per fascia d'età. {_ages(profile, age)}",
            group=age,
            names=context.series_names,
        ),
        _by_town(context, "age_band", "Minori in carico a fine semestre per Comune e fascia d'età"),
        _by_town(context, "citizenship", "Minori in carico a fine semestre per Comune e cittadinanza"),
    ]
    return Section("profilo", "Profilo dei minori", tuple(block for block in blocks if block))


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


def _by_town(context: Context, dimension: str, title: str) -> Table | None:
    source = Slice(
        MART,
        ("municipality_code",),
        context.this_period(municipality_code=context.places, service_code=TUTTI, dimension=dimension),
        {"category": DIMENSIONS[dimension]},
    )
    name = context.labels.label("dimension", dimension)
    return context.matrix(
        f"profilo_{dimension}",
        source,
        "category",
        "minors_at_end",
        title=title,
        sheet=f"{name} per Comune",
        note="Dove manca il numero non c'è nessun minore.",
    )


def _rows(table: Table, group: str) -> list[tuple[str, object]]:
    value = table.position("minors_at_end")
    return [(str(row.values[1]), row.values[value]) for row in table.rows if row.values[0] == group]


def _ages(table: Table, age: str) -> str:
    return f"{listing(_rows(table, age))}."


def _sentence(table: Table, age: str) -> str:
    ages = _rows(table, age)
    label, most = max(ages, key=lambda item: item[1] or 0)
    females = next((row for row in table.rows if row.key[-1] == "F"), None)
    males = next((row for row in table.rows if row.key[-1] == "M"), None)
    sentence = f"La fascia d'età più numerosa fra i minori in carico a fine semestre è {label}, con {number(most)} minori."
    if females and males:
        value = table.position("minors_at_end")
        sentence += (
            f" Le femmine sono {number(females.values[value])}, i maschi {number(males.values[value])}."
        )
    return sentence
