"""Contatto con i minori e incontri protetti: who is seen in person, and how supervised meetings go."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.queries import Record
from reporting.statements import apart, count_change, named, share_against, share_since
from reporting.text import count, listing, sentences, upper_first, verb

CONTACT, MEETINGS = "mart_contact", "mart_supervised_meetings"
TITLE = "Contatto con i minori e incontri protetti"
MET, MISSED, BY_SERVICE, LONG = (
    "minori_incontrati",
    "incontri_mancati",
    "incontri_annullati_dal_servizio",
    "incontri_oltre_150_minuti",
)


def contatto(context: Context) -> Section:
    """The section on contact, of a year."""
    by_town = context.table(
        "contatto_comune",
        _by_town(context, CONTACT),
        ("minors", "minors_met", "minor_months", "minor_months_met", "contact_rate"),
        title=f"Minori incontrati di persona {context.by_town}",
        sheet="Contatto per Comune",
        keep=("minors",),
    )
    met = context.measure(MET)
    lead = _met(context)
    blocks = present(
        Paragraph(sentences(lead, share_against(met, context.measure_around(MET)), _apart(context))),
        by_town,
        _chart(by_town),
        *_meetings(context),
    )
    if not lead and len(blocks) == 0:
        nothing = f"{upper_first(context.in_label)} non risultano minori in carico per un mese intero {context.where}."
        return Section("contatto", TITLE, (Paragraph(nothing),), nothing)
    return Section("contatto", TITLE, blocks, lead)


def _by_town(context: Context, mart: str) -> Slice:
    return Slice(mart, ("municipality_code",), context.this_period(municipality_code=context.places))


def _met(context: Context) -> str:
    met = context.measure(MET)
    if met is None or not met.denominator:
        return ""
    return sentences(
        f"Mesi in cui i minori in carico, o le loro famiglie, sono stati incontrati di persona: {met.as_part}.",
        share_since(met, context.measure_before(MET), context.compared_label),
    )


def _apart(context: Context) -> str:
    if context.municipality:
        return ""
    places = context.measures.places(MET, context.period.code)
    parts = {context.labels.label("municipality_code", place): share for place, share in places.items()}
    higher, lower = apart(parts, context.measure(MET))
    return sentences(
        f"La quota è minore che nell'Ambito a {named(lower)}." if lower else "",
        f"La quota è maggiore che nell'Ambito a {named(higher)}." if higher else "",
    )


def _chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    place = table.position("contact_rate")
    items = [
        (str(row.values[0]), row.values[place] * 100) for row in table.body if row.values[place] is not None
    ]
    chart = Chart(
        "grafico_contatto",
        "Quota di mesi in cui i minori in carico sono stati incontrati",
        ChartKind.BARS,
        table.key,
        "municipality_code",
        ("contact_rate",),
        f"Barre orizzontali, una per Comune, in percentuale: {listing(items, 1)}.",
    )
    return worth_drawing(chart, table)


def _meetings(context: Context) -> tuple[Heading | Paragraph | Table, ...]:
    """Supervised meetings, under their heading; none where none was planned and nobody waits."""
    columns = (
        "planned",
        "held",
        "missed",
        "cancelled_by_service",
        "first_meetings",
        "waiting_days",
        "still_waiting",
    )
    where = context.this_period(municipality_code=context.place)
    now = next(iter(context.read(MEETINGS, columns, where)), {})
    if not any(now.get(name) for name in ("planned", "still_waiting")):
        return ()
    table = context.table(
        "incontri_comune",
        _by_town(context, MEETINGS),
        (
            "planned",
            "held",
            "missed",
            "missed_rate",
            "cancelled_by_service",
            "over_150_minutes",
            "first_meetings",
            "waiting_days",
            "still_waiting",
        ),
        title=f"Incontri protetti {context.by_town}",
        sheet="Incontri protetti",
        keep=("planned", "still_waiting"),
    )
    return present(Heading("Gli incontri protetti"), Paragraph(_held(context, now)), table)


def _held(context: Context, now: Record) -> str:
    before = None
    if context.comparable:
        where = context.this_period(municipality_code=context.place, period=context.comparable.code)
        before = next(iter(context.read(MEETINGS, ("held",), where)), {}).get("held")
    missed, long = context.measure(MISSED), context.measure(LONG)
    return sentences(
        f"{verb(now['held'], 'Si è svolto', 'Si sono svolti')} {count(now['held'], 'incontro', 'incontri')} "
        f"{verb(now['held'], 'protetto', 'protetti')}{count_change(now['held'], before, context.compared_label)}.",
        f"Mancati per assenza o annullati dalle persone seguite: {missed.as_part}."
        if missed and missed.denominator
        else "",
        share_since(missed, context.measure_before(MISSED), context.compared_label),
        share_against(missed, context.measure_around(MISSED)),
        f"Oltre i 150 minuti che il regolamento consente (art. 14 c. 3): {long.as_part}."
        if long and long.denominator
        else "",
        _waiting(context, now),
    )


def _waiting(context: Context, now: Record) -> str:
    days, still = now.get("waiting_days"), now.get("still_waiting") or 0
    waited = ""
    if days is not None and (now.get("first_meetings") or 0) > 1:
        shown = number(days, 0 if float(days).is_integer() else 1)
        waited = f"Dall'apertura al primo incontro la metà dei casi ha atteso al più {shown} giorni."
    waiting = count(still, "presa in carico aspetta", "prese in carico aspettano")
    return sentences(waited, f"{upper_first(context.at_end)} {waiting} il primo incontro." if still else "")
