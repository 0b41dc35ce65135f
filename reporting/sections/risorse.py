"""Risorse e spesa: what was allotted, committed and spent, with fees and foster contributions apart."""

from osservatorio.italian import euro, join_words, percent
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import (
    Callout,
    Chart,
    ChartKind,
    Heading,
    Paragraph,
    Section,
    Table,
    Tone,
    present,
)
from reporting.queries import TUTTE, TUTTI
from reporting.text import lower_first, upper_first, with_article

BUDGET, EXPENDITURE = "mart_budget", "mart_expenditure"
TEAMS = "equipe_territoriale"
FEES = ("retta_struttura", "contributo_affido")
AREA_CODES = (
    "quota_spesa_servizi_associati",
    "quota_spesa_servizi_amministrativi",
    "quota_spesa_equipe_territoriale",
)
USE = ("allotted", "committed", "spent", "residual", "execution_rate")


def risorse(context: Context) -> Section:
    """The section on resources and expenditure, of a semester or of a year."""
    year = context.period.start.year
    by_area = context.table(
        "risorse_area",
        Slice(BUDGET, ("area",), {"year": year, "municipality_code": context.place}),
        USE,
        title=f"Risorse della coprogettazione per area, anno {year}",
        sheet="Risorse per area",
        indicators=("quota_spesa", *AREA_CODES),
        note=f"Impegni e spese con competenza nel {year}, fino {context.at_as_of}; "
        "senza rette e contributi di affido.",
    )
    teams = context.table(
        "risorse_equipe",
        Slice(
            BUDGET, ("municipality_code",), {"year": year, "municipality_code": context.places, "area": TEAMS}
        ),
        (*USE, "minors_in_year", "spent_per_minor"),
        title=f"Risorse delle équipe territoriali {context.by_town}, anno {year}",
        sheet="Risorse delle équipe",
        indicators=(AREA_CODES[-1],),
    )
    items = context.matrix(
        "spesa_servizio",
        Slice(EXPENDITURE, ("service_code",), context.this_period(municipality_code=context.place)),
        "voce",
        "spent",
        title=f"Spesa {context.of_noun} per servizio e voce",
        sheet="Spesa per servizio e voce",
    )
    towns = context.matrix(
        "spesa_comune",
        Slice(
            EXPENDITURE,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, service_code=TUTTI),
        ),
        "voce",
        "spent",
        title=f"Spesa {context.of_noun} {context.by_town_and('voce')}",
        sheet="Spesa per Comune e voce",
        note="Le spese dei servizi di tutti i Comuni stanno nella sola riga dell'Ambito.",
    )
    fees = context.table(
        "rette_comune",
        Slice(
            BUDGET, ("municipality_code",), {"year": year, "municipality_code": context.places, "area": TUTTE}
        ),
        ("fees_committed", "fees_spent"),
        title=f"Rette di strutture e contributi di affido {context.by_town}, anno {year}",
        sheet="Rette e contributi",
    )
    has_resources = by_area is not None and bool(by_area.value(TUTTE, "allotted"))
    lead = _use(context, by_area)
    use = present(
        Heading("Le risorse assegnate e il loro uso") if has_resources else None,
        Paragraph(lead),
        by_area,
        _chart(by_area),
        teams if has_resources else None,
    )
    spent = present(
        Heading(f"La spesa {context.of_noun}"),
        Paragraph(_spent(context, items)),
        items,
        towns,
        _fees_note(context) if fees else None,
        fees,
    )
    nothing = Paragraph(f"{upper_first(context.in_label)} non risultano spese {context.where}.")
    return Section("risorse", "Risorse e spesa", (*use, *(spent if items else (nothing,))), lead)


def _use(context: Context, table: Table | None) -> str:
    year, town = context.period.start.year, context.municipality
    if town and not town.is_associated:
        return (
            f"Il Comune di {town.name} non è fra quelli dei servizi associati e delle équipe territoriali: non ha "
            "risorse della coprogettazione da rendicontare."
        )
    if table is None:
        return f"Per il {year} non risultano risorse assegnate né spese {context.where}."
    allotted, spent = table.value(TUTTE, "allotted"), table.value(TUTTE, "spent")
    if not allotted:
        return f"Per il {year} non sono state consegnate le risorse assegnate; la spesa è di {euro(spent)}."
    return (
        f"Per il {year} sono stati assegnati {euro(allotted)}. {upper_first(context.at_as_of)} ne risultano "
        f"impegnati {euro(table.value(TUTTE, 'committed'))} e spesi {euro(spent)}, pari "
        f"{with_article('al', percent(table.value(TUTTE, 'execution_rate')))}; "
        f"{_residual(table.value(TUTTE, 'residual'))}."
    )


def _residual(residual: object) -> str:
    if residual is not None and residual < 0:
        return f"la spesa supera le risorse di {euro(-residual)}"
    return f"restano {euro(residual)}"


def _spent(context: Context, table: Table | None) -> str:
    if table is None:
        return ""
    known = {column.key for column in table.columns}
    whole = table.value(TUTTI, TUTTE)
    parts = {code: table.value(TUTTI, code) for code in FEES if code in known and table.value(TUTTI, code)}
    if list(parts.values()) == [whole]:
        (only,) = parts
        return (
            f"{upper_first(context.in_period)} sono stati spesi {euro(whole)}, tutti per "
            f"{lower_first(context.labels.label('voce', only))}."
        )
    fees = [
        f"{euro(table.value(TUTTI, code))} per {lower_first(context.labels.label('voce', code))}"
        for code in FEES
        if code in known and table.value(TUTTI, code)
    ]
    sentence = f"{upper_first(context.in_period)} sono stati spesi in tutto {euro(table.value(TUTTI, TUTTE))}"
    return f"{sentence}, di cui {join_words(fees)}." if fees else f"{sentence}."


def _fees_note(context: Context) -> Callout:
    names = " e ".join(f"«{context.labels.label('voce', code)}»" for code in FEES)
    return Callout(
        Tone.INFO,
        "Perché rette e contributi stanno a parte",
        (
            f"Le voci {names} sono pagate dal bilancio di ciascun Comune per i propri minori: non consumano le "
            "risorse della coprogettazione, che pagano il funzionamento dei servizi. Per questo non entrano nelle "
            "tabelle delle risorse.",
        ),
    )


def _chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    parts = [
        f"{row.values[0]}: assegnati {euro(row.values[table.position('allotted')], 0)}, "
        f"spesi {euro(row.values[table.position('spent')], 0)}"
        for row in table.body
    ]
    chart = Chart(
        "grafico_risorse",
        "Risorse assegnate e spese per area (euro)",
        ChartKind.BARS,
        table.key,
        "area",
        ("spent", "allotted"),
        f"Barre orizzontali, due per area. {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)
