"""Segnalazioni, rientri e durate: how cases come, come back and end, year by year."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.model import Heading, Paragraph, Section, present
from reporting.over_time import years_of
from reporting.queries import Record
from reporting.statements import apart, count_change, named, rate_since, share_against, share_since
from reporting.text import SMALL, SMALL_NUMBERS, none_or_count, sentences, upper_first, verb

MART = "mart_flow"
TITLE = "Segnalazioni, rientri e durate"
AGAIN, DAYS, RE_ENTRY = "nuova_segnalazione_12m", "giorni_segnalazione_apertura", "rientro_fuori_famiglia_12m"
REFERRALS = (
    "referrals",
    "immature",
    "assessable_referrals",
    "re_referrals_12m",
    "re_referral_rate",
    "re_referral_low",
    "re_referral_high",
    "median_days_referral_to_opening",
)
RETURNS = (
    "returns_home",
    "immature_returns_home",
    "assessable_returns_home",
    "re_entries_12m",
    "re_entry_rate",
)
LENGTHS = ("closed_spells", "duration_lower_quartile", "duration_of_closed_spells", "duration_upper_quartile")


def flusso(context: Context) -> Section:
    """The section on the flow of a year."""
    now = _year(context, context.period.start.year)
    if not any(now.get(name) for name in ("referrals", "returns_home", "closed_spells")):
        nothing = f"{upper_first(context.in_label)} non risultano segnalazioni né chiusure {context.where}."
        return Section("flusso", TITLE, (Paragraph(nothing),), nothing)
    where = {"municipality_code": context.place}
    lead = _referrals(context, now)
    blocks = present(
        Paragraph(sentences(lead, _again(context, now), _apart(context), _days(context))),
        years_of(
            context,
            "segnalazioni_anni",
            MART,
            where,
            REFERRALS,
            title="Segnalazioni e loro ripetizione, anno per anno",
            sheet="Segnalazioni negli anni",
            keep=("referrals",),
        ),
        context.table(
            "segnalazioni_comune",
            Slice(
                MART,
                ("municipality_code",),
                {"year": context.period.start.year, "municipality_code": context.places},
            ),
            (*REFERRALS[:5], REFERRALS[-1]),
            title=f"Segnalazioni e loro ripetizione {context.by_town}",
            sheet="Segnalazioni per Comune",
            keep=("referrals",),
        ),
        Heading("Rientri in famiglia e durata delle prese in carico"),
        Paragraph(sentences(_returns(context, now), _lengths(context, now))),
        years_of(
            context,
            "rientri_anni",
            MART,
            where,
            (*RETURNS, *LENGTHS),
            title="Rientri in famiglia e prese in carico chiuse, anno per anno",
            sheet="Rientri e durate",
            keep=("returns_home", "closed_spells"),
        ),
    )
    return Section("flusso", TITLE, blocks, lead)


def _year(context: Context, year: int) -> Record:
    where = {"year": year, "municipality_code": context.place}
    return next(iter(context.read(MART, (*REFERRALS, *RETURNS, *LENGTHS), where)), {})


def _before(context: Context) -> Record:
    return _year(context, context.comparable.start.year) if context.comparable else {}


def _referrals(context: Context, now: Record) -> str:
    came = verb(now["referrals"] or 1, "è arrivata", "sono arrivate")
    how_many = none_or_count(now["referrals"], "nessuna segnalazione", "segnalazione", "segnalazioni")
    change = count_change(now["referrals"], _before(context).get("referrals"), context.compared_label)
    not_any = "" if now["referrals"] else "non "
    return f"{upper_first(context.in_period)} {not_any}{came} {how_many}{change}."


def _again(context: Context, now: Record) -> str:
    """How many came again within 12 months: only of those that could be followed that long."""
    if not now["referrals"]:
        return ""
    share = context.measure(AGAIN)
    if share is None or not share.denominator:
        return (
            f"{upper_first(context.at_as_of)} non sono ancora passati 12 mesi da nessuna: quante si ripetano non si può "
            "ancora dire."
        )
    early = now["immature"] or 0
    left_out = (
        f", senza le {number(early)} più recenti" if early > 1 else ", senza la più recente" if early else ""
    )
    return sentences(
        f"Ripetute entro 12 mesi{left_out}: {share.as_part}.",
        share_since(share, context.measure_before(AGAIN), context.compared_label),
        share_against(share, context.measure_around(AGAIN)),
    )


def _apart(context: Context) -> str:
    if context.municipality:
        return ""
    places = context.measures.places(AGAIN, context.period.code)
    parts = {context.labels.label("municipality_code", place): share for place, share in places.items()}
    higher, lower = apart(parts, context.measure(AGAIN))
    return sentences(
        f"Si ripetono più che nell'Ambito a {named(higher)}." if higher else "",
        f"Si ripetono meno che nell'Ambito a {named(lower)}." if lower else "",
    )


def _days(context: Context) -> str:
    now = context.measure(DAYS)
    if now is None or now.value is None:
        return ""
    since = rate_since(now, context.measure_before(DAYS), context.compared_label)
    return f"Dalla segnalazione all'apertura passano, per la metà dei casi, al più {since}."


def _returns(context: Context, now: Record) -> str:
    home = now["returns_home"]
    if not home:
        return f"{upper_first(context.in_period)} non risultano rientri in famiglia."
    sentence = f"Rientri in famiglia {context.in_period}: {number(home)}"
    share = context.measure(RE_ENTRY)
    if share is None or not share.denominator:
        return f"{sentence}; è presto per dire quanti siano seguiti da un nuovo allontanamento entro 12 mesi."
    return sentences(
        f"{sentence}; seguiti da un nuovo allontanamento entro 12 mesi: {share.as_part}.",
        share_since(share, context.measure_before(RE_ENTRY), context.compared_label),
    )


def _lengths(context: Context, now: Record) -> str:
    closed, months = now["closed_spells"], now["duration_of_closed_spells"]
    if not closed or months is None:
        return ""
    before = _before(context).get("duration_of_closed_spells")
    since = "" if before is None else f" ({context.compared_label}: {number(before, 1)})"
    if closed == 1:
        return f"L'unica presa in carico chiusa è durata {number(months, 1)} mesi."
    few = f" ({SMALL_NUMBERS})" if closed < SMALL else ""
    return f"Prese in carico chiuse: {number(closed)}{few}; la metà è durata al più {number(months, 1)} mesi{since}."
