"""Risorse, for the Assembly: budget and spending, and each municipality's share of money, caseload and residents."""

from osservatorio.italian import euro, join_words, number, percent
from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.assembly.people import TEAMS
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, is_known, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.sections.costi import GAP
from reporting.text import sentences, with_article

USE = (known.ALLOTTED, known.COMMITTED, known.SPENT, derived.RESIDUAL, known.EXECUTION_RATE)
SHARES = (derived.SHARE_OF_BUDGET, derived.SHARE_OF_CASELOAD, derived.SHARE_OF_RESIDENTS)
NAMES = ("risorse", "minori in carico", "minori residenti")


def risorse(context: AssemblyContext) -> Section:
    """The section on the money of a year: what was allotted and spent, how it is shared out, what a minor costs."""
    year = context.period.code
    teams = {known.AREA: TEAMS}
    by_area = context.protected_table(
        "risorse_area",
        known.AREA,
        "risorse_area",
        [Shown(key) for key in USE],
        title=f"Risorse della coprogettazione per area, anno {year}",
        sheet="Risorse per area",
        indicators=("quota_spesa",),
        note="Senza rette di strutture e contributi di affido, che ogni Comune paga dal proprio bilancio.",
    )
    by_town = context.protected_table(
        "risorse_comune",
        known.TOWN,
        "risorse_equipe_comune",
        [
            *(Shown(key, teams) for key in USE),
            Shown(known.MINORS, {known.SERVICE: TEAMS}, label="Minori in carico alle équipe"),
            Shown(derived.PER_MINOR, teams),
        ],
        title=f"Risorse delle équipe territoriali e spesa per minore in carico per Comune, anno {year}",
        sheet="Risorse per Comune",
    )
    shares = shares_table(context)
    lead = money_sentence(context)
    blocks = present(
        Paragraph(lead),
        by_area,
        Heading("Risorse, minori in carico e minori residenti") if shares else None,
        Paragraph(gaps_sentence(context)),
        shares,
        shares_chart(shares),
        Heading("Quanto costa un minore in carico") if by_town else None,
        Paragraph(_per_minor(context)),
        by_town,
        _fees(context),
    )
    return Section("risorse", "Risorse e loro ripartizione", blocks, lead)


def money_sentence(context: AssemblyContext) -> str:
    """What was allotted and spent in the whole Ambito."""
    allotted, spent, rate = (
        context.value(key) for key in (known.ALLOTTED, known.SPENT, known.EXECUTION_RATE)
    )
    if not (is_known(allotted) and is_known(spent) and allotted):
        return f"Per il {context.period.code} non risultano risorse assegnate."
    told = f", pari {with_article('al', percent(rate))}" if is_known(rate) else ""
    return f"Su {euro(allotted, 0)} assegnati per il {context.period.code} ne risultano spesi {euro(spent, 0)}{told}."


def shares_table(context: AssemblyContext) -> Table | None:
    """The teams' resources: each municipality's share of budget, caseload and residents, side by side."""
    teams = {known.AREA: TEAMS}
    return context.protected_table(
        "quote_comune",
        known.TOWN,
        "risorse_equipe_comune",
        [
            Shown(known.ALLOTTED, teams),
            *(Shown(key, teams) for key in SHARES),
        ],
        title="Quota delle risorse delle équipe, dei minori in carico e dei minori residenti per Comune",
        sheet="Quote per Comune",
        note="Minori in carico alle équipe nell'anno; residenti da 0 a 17 anni. Le quote dei residenti sono sui dieci "
        "Comuni dell'Ambito.",
    )


def gaps(context: AssemblyContext) -> list[tuple[str, float, float]]:
    """The municipalities whose share of the money is far from that of the minors: name and the two shares.

    From the farthest; only of shares that are shown.
    """
    found = []
    for town in context.codes("risorse_equipe_comune", known.TOWN):
        budget, caseload = (context.value(key, **{known.TOWN: town, known.AREA: TEAMS}) for key in SHARES[:2])
        if is_known(budget) and is_known(caseload) and abs(budget - caseload) >= GAP:
            found.append((context.name_of(known.TOWN, town), float(budget), float(caseload)))
    return sorted(found, key=lambda item: (-abs(item[1] - item[2]), item[0]))


def gaps_sentence(context: AssemblyContext) -> str:
    """Where the share of the money is far from the share of the minors."""
    points = f"{number(GAP * 100)} punti percentuali"
    far = gaps(context)
    parts = []
    for words, is_more in (("più alta", True), ("più bassa", False)):
        towns = [
            f"{name} ({percent(budget)}, contro {percent(caseload)})"
            for name, budget, caseload in far
            if (budget > caseload) is is_more
        ]
        parts += [f"{words} a {join_words(towns)}"] if towns else []
    if not parts:
        return (
            f"In nessun Comune la quota delle risorse si scosta di {points} da quella dei minori in carico."
        )
    return f"Di almeno {points}, la quota delle risorse rispetto a quella dei minori in carico è {'; '.join(parts)}."


def shares_chart(table: Table | None) -> Chart | None:
    """The three shares of each municipality."""
    if table is None:
        return None
    columns = tuple(f"{key}_{TEAMS}" for key in SHARES)
    places = [table.position(column) for column in columns]
    parts = [
        f"{row.values[0]}: "
        + ", ".join(
            f"{name} {percent(row.values[place])}"
            for name, place in zip(NAMES, places, strict=True)
            if is_known(row.values[place])
        )
        for row in table.body
    ]
    chart = Chart(
        "grafico_quote",
        "Quota delle risorse delle équipe, dei minori in carico e dei minori residenti",
        ChartKind.BARS,
        table.key,
        known.TOWN,
        columns,
        f"Barre orizzontali, tre per Comune. {'; '.join(parts)}.",
        names=NAMES,
    )
    return worth_drawing(chart, table)


def _per_minor(context: AssemblyContext) -> str:
    whole = context.value(derived.PER_MINOR, **{known.AREA: TEAMS})
    if not is_known(whole):
        return ""
    return sentences(
        f"Nell'Ambito le équipe hanno speso {euro(whole)} per ogni minore in carico nell'anno.",
        "La spesa per minore dipende anche da quanto sono impegnativi i casi: da sola non dice se un Comune spende "
        "troppo o troppo poco.",
    )


def _fees(context: AssemblyContext) -> Table | None:
    """Fees and foster contributions, which every municipality pays for its own minors."""
    return context.protected_table(
        "rette_comune",
        known.TOWN,
        "rette_comune",
        [Shown(known.FEES, before=True)],
        title="Rette di strutture e contributi di affido pagati, per Comune",
        sheet="Rette e contributi",
        note="Dal bilancio di ogni Comune, per i propri minori.",
    )
