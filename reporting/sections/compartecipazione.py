"""Compartecipazione delle famiglie: what is due, charged and paid, and the quotas that differ from the formula."""

from osservatorio.italian import euro, number, percent
from reporting.context import Context, Slice
from reporting.model import Paragraph, Section, Table, present
from reporting.over_time import years_of
from reporting.queries import TUTTE
from reporting.text import count, none_or_count, sentences, upper_first, with_article

MART, BY_ISEE = "mart_cost_sharing", "mart_cost_sharing_by_isee"
TITLE = "Compartecipazione delle famiglie"
MONEY = ("due_by_formula", "charged", "paid", "unpaid", "collection_rate")
WHOLE = ("contributions", "obliged_persons", *MONEY[1:3], "collection_rate", "derogations", "mismatches")
COLLECTED = "compartecipazione_riscossa"


def compartecipazione(context: Context) -> Section:
    """The section on what families pay, of a year (regolamento, artt. 14, 24, 36 e 47)."""
    year = context.period.start.year
    by_service = context.table(
        "compartecipazione_prestazione",
        Slice(MART, ("prestazione",), {"year": year, "municipality_code": context.place}),
        ("obliged_persons", *MONEY),
        title="Compartecipazione per prestazione",
        sheet="Compartecip., prestazioni",
        keep=("obliged_persons",),
    )
    if by_service is None:
        nothing = f"{upper_first(context.in_label)} non risultano quote di compartecipazione {context.where}."
        return Section("compartecipazione", TITLE, (Paragraph(nothing),), nothing)
    lead = _lead(context, by_service)
    blocks = present(
        Paragraph(sentences(lead, _quotas(context))),
        by_service,
        context.table(
            "compartecipazione_comune",
            Slice(
                MART,
                ("municipality_code",),
                {"year": year, "municipality_code": context.places, "prestazione": TUTTE},
            ),
            WHOLE,
            title=f"Compartecipazione {context.by_town}",
            sheet="Compartecip. per Comune",
            keep=("contributions",),
        ),
        context.table(
            "compartecipazione_isee",
            Slice(
                BY_ISEE,
                ("isee_band",),
                {"year": year, "municipality_code": context.place, "prestazione": TUTTE},
            ),
            ("obliged_persons", "payers", "due_by_formula", "charged", "paid"),
            title="Compartecipazione per fascia ISEE",
            sheet="Compartecip. per ISEE",
            keep=("obliged_persons",),
        ),
        years_of(
            context,
            "compartecipazione_anni",
            MART,
            {"municipality_code": context.place, "prestazione": TUTTE},
            WHOLE,
            title="Compartecipazione, anno per anno",
            sheet="Compartecip. negli anni",
            keep=("contributions",),
        ),
    )
    return Section("compartecipazione", TITLE, blocks, lead)


def _lead(context: Context, table: Table) -> str:
    charged, paid = table.value(TUTTE, "charged"), table.value(TUTTE, "paid")
    rate, before = table.value(TUTTE, "collection_rate"), context.measure_before(COLLECTED)
    persons = count(table.value(TUTTE, "obliged_persons"), "persona obbligata", "persone obbligate")
    if not charged:
        return f"Compartecipazione: {persons}, nessuna con un importo da versare."
    since = (
        f" ({with_article('nel', context.compared_label)}: {before.text})"
        if before and before.value is not None
        else ""
    )
    around = context.measure_around(COLLECTED)
    beside = f"; nell'Ambito {around.text}" if around and around.value is not None else ""
    return (
        f"Compartecipazione: {persons}, {euro(charged)} chiesti e {euro(paid)} versati, pari "
        f"{with_article('al', percent(rate))}{since}{beside}."
    )


def _quotas(context: Context) -> str:
    """Derogations, and quotas that are not those of the formula."""
    where = {"year": context.period.start.year, "municipality_code": context.place, "prestazione": TUTTE}
    columns = ("contributions", "derogations", "mismatches", "isee_missing")
    now = next(iter(context.read(MART, columns, where)), {})
    if not now.get("contributions"):
        return ""
    quotas = count(now["contributions"], "quota mensile", "quote mensili")
    return (
        f"Su {quotas}, {none_or_count(now['derogations'], 'nessuna in deroga', 'in deroga', 'in deroga')}, "
        f"{none_or_count(now['isee_missing'], 'nessuna senza ISEE', 'senza ISEE', 'senza ISEE')} e "
        f"{_different(now['mismatches'])} (art. 47 c. 4)."
    )


def _different(mismatches: int | None) -> str:
    if not mismatches:
        return "nessuna diversa da quella della formula"
    return f"{number(mismatches)} {'diversa' if mismatches == 1 else 'diverse'} da quella della formula"
