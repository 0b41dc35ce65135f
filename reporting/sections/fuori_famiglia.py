"""Affido e strutture: minors out of home, how long, how stable, how they end and what they cost."""

from collections.abc import Mapping

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.over_time import over_time
from reporting.queries import Record
from reporting.statements import count_change, rate_against, rate_since
from reporting.text import SMALL, count, listing, none_or_count, sentences, upper_first, verb

FOSTER, RESIDENTIAL, STABILITY = "mart_foster_care", "mart_residential_care", "mart_placement_stability"
TITLE = "Affido e strutture"
MOVES, MANY = "spostamenti_1000_giorni", "tre_collocazioni"
MOVEMENT = ("at_start", "started", "ended", "at_end", "minors_at_end")
OUTCOMES = (
    "ended_rientro_famiglia",
    "ended_altra_famiglia",
    "ended_adozione",
    "ended_struttura",
    "ended_autonomia",
    "ended_rimpatrio",
    "ended_altro",
    "ended_non_indicato",
)
# The forms that a table shows side by side, by what they tell.
FORMS = {
    "forma": (
        "at_end_forma_consensuale",
        "at_end_forma_giudiziale",
        "at_end_collocazione_etero_familiare",
        "at_end_collocazione_intra_familiare",
    ),
    "intensità": (
        "at_end_intensita_residenziale",
        "at_end_intensita_diurno",
        "at_end_intensita_tempo_parziale",
        "at_end_intensita_pronta_accoglienza",
    ),
}
KINDS = {
    "tipo": (
        "at_end_tipo_struttura_residenziale",
        "at_end_tipo_struttura_semiresidenziale",
        "at_end_con_genitore_s",
    ),
    "titolo": (
        "at_end_titolo_consenso",
        "at_end_titolo_provvedimento_ag",
        "at_end_titolo_art_403",
        "at_end_titolo_verbale_msna",
    ),
}


def fuori_famiglia(context: Context) -> Section:
    """The section on care out of the family, of a year."""
    foster, residential = _totals(context, FOSTER), _totals(context, RESIDENTIAL)
    if not any(part.get(name) for part in (foster, residential) for name in ("at_end", "started", "ended")):
        nothing = f"{upper_first(context.in_label)} non risultano affidi né inserimenti in struttura {context.where}."
        return Section("fuori_famiglia", TITLE, (Paragraph(nothing),), nothing)
    lead = sentences(
        _in_care(context, FOSTER, foster, "affido", "in affido"),
        _in_care(context, RESIDENTIAL, residential, "struttura", "in struttura"),
    )
    blocks = present(
        Paragraph(lead),
        *_placements(context, FOSTER, foster, "affidi", "Affidi", FORMS),
        *_placements(context, RESIDENTIAL, residential, "strutture", "Inserimenti in struttura", KINDS),
        *_stability(context),
    )
    return Section("fuori_famiglia", TITLE, blocks, lead)


def _totals(context: Context, mart: str) -> Record:
    columns = (*MOVEMENT, "over_24_months", "median_months", "length_placements", "cost", *OUTCOMES)
    where = context.this_period(municipality_code=context.place)
    return next(iter(context.read(mart, columns, where)), {})


def _in_care(context: Context, mart: str, now: Record, what: str, where: str) -> str:
    """How many minors there are at the end, against a year before, and against residents in an edition."""
    minors = now.get("minors_at_end") or 0
    before = None
    if context.comparable:
        earlier = context.this_period(municipality_code=context.place, period=context.comparable.code)
        before = next(iter(context.read(mart, ("minors_at_end",), earlier)), {}).get("minors_at_end")
    not_any = "" if minors else "non "
    how_many = none_or_count(minors, "nessun minore", "minore", "minori")
    sentence = (
        f"{upper_first(context.at_end)} {not_any}{verb(minors or 1, 'è', 'sono')} {where} {how_many}"
        f"{count_change(minors, before, context.compared_label)}."
    )
    code = "affidi_1000" if mart == FOSTER else "strutture_1000"
    around = rate_against(context.measure(code), context.measure_around(code)) if minors else ""
    return sentences(sentence, f"Sono {around}." if around else "")


def _placements(
    context: Context, mart: str, now: Record, key: str, title: str, kinds: Mapping[str, tuple[str, ...]]
) -> tuple[Heading | Paragraph | Table | Chart, ...]:
    """The tables of one kind of care, under its heading; none where there was nobody."""
    by_town = Slice(mart, ("municipality_code",), context.this_period(municipality_code=context.places))
    movement = context.table(
        f"{key}_comune",
        by_town,
        (*MOVEMENT, "over_24_months", "per_1000_resident_minors"),
        title=f"{title} {context.by_town}",
        sheet=f"{upper_first(key)} per Comune",
        keep=MOVEMENT[:4],
    )
    if movement is None or not any(now.get(name) for name in MOVEMENT[:4]):
        return ()
    forms = [
        context.table(
            f"{key}_forme_{place}",
            by_town,
            columns,
            title=f"{title} in corso {context.at_end} per {what}, {context.by_town}",
            sheet=f"{upper_first(key)}, {what}",
        )
        for place, (what, columns) in enumerate(kinds.items(), 1)
    ]
    ends = context.table(
        f"{key}_esiti",
        by_town,
        ("ended", *OUTCOMES),
        title=f"{title} conclusi {context.in_period} ed esito, {context.by_town}",
        sheet=f"{upper_first(key)}, esiti",
        keep=("ended",),
    )
    days = context.table(
        f"{key}_durate",
        by_town,
        ("length_placements", "length_ended", "median_months", "days_of_stay", "days_without_amount", "cost"),
        title=f"{title}: durata e costo, {context.by_town}",
        sheet=f"{upper_first(key)}, durata e costo",
        keep=("days_of_stay",),
    )
    over = over_time(
        context,
        f"{key}_andamento",
        mart,
        {"municipality_code": context.place},
        (*MOVEMENT, "over_24_months", "per_1000_resident_minors"),
        title=f"{title} per semestre e per anno",
        sheet=f"{upper_first(key)} nel tempo",
        keep=MOVEMENT[:4],
    )
    return present(
        Heading(title),
        Paragraph(
            sentences(_long_stays(context, key, now), _outcomes(context, mart, now), _median(context, now))
        ),
        movement,
        *forms,
        ends,
        days,
        over,
        _trend_chart(over, key, title),
    )


def _long_stays(context: Context, key: str, now: Record) -> str:
    """The placements over 24 months: the limit that the law sets for foster care."""
    at_end, over = now.get("at_end") or 0, now.get("over_24_months") or 0
    if not at_end:
        return ""
    limit = ", il termine della L. 184/1983 (art. 4 c. 4) salvo proroga" if key == "affidi" else ""
    if not over:
        return f"Nessuno di quelli in corso {context.at_end} supera i 24 mesi{limit}."
    return f"In corso {context.at_end} da più di 24 mesi{limit}: {number(over)} su {number(at_end)}."


def _outcomes(context: Context, mart: str, now: Record) -> str:
    """How many ended and how, from the most frequent end."""
    ended = now.get("ended") or 0
    if not ended:
        return f"{upper_first(context.in_period)} non se ne è concluso nessuno."
    items = [(context.column(mart, name).label, now[name]) for name in OUTCOMES if now.get(name)]
    ordered = sorted(
        ((label.removeprefix("Conclusi: "), value) for label, value in items), key=lambda i: -i[1]
    )
    how = f"; esito: {listing(ordered)}" if ordered else ""
    return f"Conclusi {context.in_period}: {number(ended)}{how}."


def _median(context: Context, now: Record) -> str:
    months, base = now.get("median_months"), now.get("length_placements") or 0
    if months is None or base < SMALL:
        return ""
    return (
        f"Metà finisce entro {count(months, 'mese', 'mesi', 1)} dall'inizio, stimando anche quelli in corso."
    )


def _stability(context: Context) -> tuple[Heading | Paragraph | Table, ...]:
    table = context.table(
        "stabilita_comune",
        Slice(
            STABILITY,
            ("municipality_code",),
            {"year": context.period.start.year, "municipality_code": context.places},
        ),
        (
            "minors",
            "placements",
            "days_in_care",
            "moves",
            "moves_per_1000_days",
            "minors_three_or_more",
            "long_stay_minors",
            "stable_minors",
        ),
        title=f"Stabilità delle collocazioni fuori famiglia {context.by_town}",
        sheet="Stabilità",
        keep=("minors",),
    )
    if table is None or not table.value(context.place, "minors"):
        return ()
    return present(Heading("La stabilità delle collocazioni"), Paragraph(_moves(context, table)), table)


def _moves(context: Context, table: Table) -> str:
    minors, moves = table.value(context.place, "minors"), table.value(context.place, "moves")
    rate = rate_since(context.measure(MOVES), context.measure_before(MOVES), context.compared_label)
    many = context.measure(MANY)
    return sentences(
        f"Minori fuori famiglia {context.in_period}: {number(minors)}.",
        f"Spostamenti da una collocazione a un'altra, senza rientro: {number(moves)}"
        f"{f', cioè {rate}' if rate and moves else ''}.",
        f"Minori con tre o più collocazioni: {many.as_part}." if many and many.denominator else "",
    )


def _trend_chart(table: Table | None, key: str, title: str) -> Chart | None:
    if table is None:
        return None
    place = table.position("at_end")
    items = [(str(row.values[0]), row.values[place]) for row in table.body]
    chart = Chart(
        f"grafico_{key}_andamento",
        f"{title} in corso alla fine di ogni semestre",
        ChartKind.COLUMNS,
        table.key,
        "period",
        ("at_end",),
        f"Colonne, una per semestre: {listing(items)}.",
    )
    return worth_drawing(chart, table)
