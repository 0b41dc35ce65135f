"""Sintesi, for the Assembly: key figures, what changed since the year before, what there is to decide."""

from osservatorio.italian import euro, percent
from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.assembly.people import TEAMS
from reporting.disclosure.tidy import SIGN
from reporting.model import Bullets, Callout, Heading, KeyFigures, Paragraph, Section, Tone, present
from reporting.protected import known
from reporting.sections.assemblea_decisioni import Decision
from reporting.sections.qualita import ELSEWHERE, verdict_callout
from reporting.statements import count_change
from reporting.text import count, lower_first, upper_first, with_article

COUNTED = (  # what changed: the figure, and how a sentence calls it
    (known.MINORS, "minore seguito nell'anno", "minori seguiti nell'anno"),
    (known.AT_END, "presa in carico aperta a fine anno", "prese in carico aperte a fine anno"),
    (known.OPENED, "presa in carico aperta nell'anno", "prese in carico aperte nell'anno"),
    (known.DELIVERED, "intervento svolto", "interventi svolti"),
    (known.REACHED, "minore raggiunto da un intervento", "minori raggiunti da un intervento"),
    (known.OBLIGED, "persona obbligata alla compartecipazione", "persone obbligate alla compartecipazione"),
    (known.RECEIVED, "reclamo", "reclami"),
)


def key_figures(context: AssemblyContext) -> KeyFigures:
    """The figures of the year beside those of the year before."""
    return KeyFigures(
        (
            context.key_figure(known.MINORS, "Minori in carico nell'anno"),
            context.key_figure(known.MINORS_AT_END, "Minori in carico a fine anno"),
            context.key_figure(known.PER_1000),
            context.key_figure(known.DELIVERED),
            context.key_figure(known.ALLOTTED),
            context.key_figure(known.EXECUTION_RATE, "Risorse: quota spesa"),
            context.key_figure(
                derived.PER_MINOR, "Équipe: spesa per minore in carico", **{known.AREA: TEAMS}
            ),
            context.key_figure(known.COLLECTION_RATE, "Compartecipazione: quota riscossa"),
            context.key_figure(known.RECEIVED),
        ),
        context.before_label,
    )


def changes(context: AssemblyContext) -> tuple[str, ...]:
    """What changed since the year before, a sentence each; nothing where a figure is withheld or there is no year before."""
    if not context.comparable:
        return ()
    said = []
    for key, one, many in COUNTED:
        pair = context.pair(key)
        if pair and pair[1] is not None:
            said.append(
                f"{upper_first(count(pair[0], one, many))}{count_change(*pair, context.compared_label)}."
            )
    spent = context.pair(known.SPENT)
    if spent and spent[1] is not None:
        before = with_article("nel", context.compared_label)
        said.append(f"Speso delle risorse assegnate: {euro(spent[0], 0)} ({before}: {euro(spent[1], 0)}).")
    rate = context.pair(known.COLLECTION_RATE)
    if rate and rate[1] is not None:
        before = with_article("nel", context.compared_label)
        said.append(f"Compartecipazione riscossa: {percent(rate[0])} ({before}: {percent(rate[1])}).")
    return tuple(said)


def sintesi(context: AssemblyContext, points: tuple[Decision, ...]) -> Section:
    """The summary."""
    said = changes(context)
    protected = Callout(
        Tone.INFO,
        f"Che cosa vuol dire {SIGN}",
        (
            f"I dati che riguardano poche persone sono oscurati, con altri che servono a non farli ricavare: al loro posto "
            f"c'è {SIGN}, che non vuol dire zero. I totali sono quelli veri. L'appendice «Come sono protetti i dati» dice "
            "quanti sono e perché.",
        ),
    )
    since = f"Che cosa è cambiato rispetto {with_article('al', context.compared_label)}"
    blocks = present(
        key_figures(context),
        Heading(since) if said else None,
        Bullets(said) if said else Paragraph(_no_comparison(context)),
        Heading("Che cosa c'è da decidere"),
        Bullets(tuple(f"{point.title}: {lower_first(point.question)}" for point in points)),
        protected,
        verdict_callout(context, ELSEWHERE),
    )
    return Section("sintesi", "Sintesi", blocks, is_summary=True)


def _no_comparison(context: AssemblyContext) -> str:
    if context.before is None:
        return "L'anno prima non è nei dati: non c'è un confronto."
    return "L'anno non è concluso: non si fanno confronti con l'anno prima."
