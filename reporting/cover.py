"""What every report has: its card, its notices, its description; around the sections of its recipe."""

from osservatorio.italian import long_date
from reporting.context import Context
from reporting.model import Callout, Fact, Report, Section, Tone

ORGANISATION = "Ambito Territoriale di Seregno"
WORDS_KEYWORD = "testi "  # before the version of the words, among the keywords of a file
INTERNAL = Callout(
    Tone.INFO,
    "Uso interno dell'Ufficio di Piano",
    ("Contiene numeri esatti, anche di pochi casi: non pubblicare e non inoltrare.",),
)


def document(
    context: Context,
    key: str,
    title: str,
    sections: tuple[Section, ...],
    *,
    about: str,
    recipient: str = "Ufficio di Piano",
    topics: tuple[str, ...] = (),
    notices: tuple[Callout, ...] = (),
    use: Callout | None = None,
) -> Report:
    """A report of the context's period and edition. `about` ends the description, `topics` are its keywords, `use`
    says who may have it (by default the Ufficio di Piano alone: figures are exact).
    """
    period, town = context.period, context.municipality
    return Report(
        key=key,
        title=title,
        subtitle=" · ".join([period.label.capitalize(), *([f"Comune di {town.name}"] if town else [])]),
        organisation=ORGANISATION,
        period_code=period.code,
        period_label=period.label,
        release_id=context.release.id,
        as_of=context.release.as_of,
        facts=_facts(context, recipient),
        notices=(*notices, *_notices(context, use or INTERNAL)),
        keywords=(
            *topics,
            "tutela minori",
            ORGANISATION,
            period.code,
            context.release.id,
            *([f"{WORDS_KEYWORD}{context.words.version}"] if context.words.version else []),
        ),
        description=f"{title} {about}, {period.label}{f', Comune di {town.name}' if town else ''}.",
        sections=sections,
        edition=town.name if town else "",
        edition_slug=town.slug if town else "",
        words_version=context.words.version,
    )


def _facts(context: Context, recipient: str) -> tuple[Fact, ...]:
    period, town, noun = context.period, context.municipality, context.noun
    missing = f"nessuno: {context.the_noun} prima non è nei dati"
    state = "concluso" if context.is_complete else "in corso, dati provvisori"
    return (
        *([Fact("Edizione", f"Comune di {town.name}")] if town else []),
        Fact(noun.capitalize(), f"{period.code}, dal {long_date(period.start)} al {long_date(period.end)}"),
        Fact("Data di riferimento dei dati", long_date(context.release.as_of)),
        Fact(f"Stato {context.of_noun}", state),
        Fact("Confronto", context.before_label or missing),
        Fact("Pubblicazione", context.release.id),
        *([Fact("Testi", f"versione {context.words.version}")] if context.words.version else []),
        Fact("Destinatario", recipient),
    )


def _notices(context: Context, use: Callout) -> tuple[Callout, ...]:
    if context.is_complete:
        return (use,)
    running = Callout(
        Tone.WARNING,
        f"{context.noun.capitalize()} non concluso",
        (
            f"I dati si fermano al {long_date(context.release.as_of)}: i numeri cresceranno e il confronto con "
            f"{context.the_noun} prima non è alla pari.",
        ),
    )
    return (running, use)
