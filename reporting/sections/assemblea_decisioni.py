"""Che cosa c'è da decidere, for the Assembly: what is its own to decide each year, then what the rules of critical aspects find.

The rules are those of the evaluation of the year, put to the shown figures only: what is withheld they cannot see.
"""

from dataclasses import dataclass

from osservatorio.italian import join_words, percent
from reporting.assembly.context import AssemblyContext
from reporting.critical.aspect_rules import When, aspect_rules
from reporting.critical.aspects import Aspect, judge
from reporting.governance_queries import decision_points
from reporting.model import Callout, Narrative, Paragraph, Row, Section, Table, Tone, present, text_column
from reporting.sections.assemblea_compartecipazione import sharing_sentence
from reporting.sections.assemblea_risorse import gaps
from reporting.sections.assemblea_simulazione import scenarios_sentence
from reporting.text import count, sentences

TITLE = "Che cosa c'è da decidere"
# The seed's question for what the rules find in a section of the evaluation.
QUESTIONS = {
    "regole": "regole_sotto_soglia",
    "reclami": "reclami_fuori_termine",
    "risorse": "spesa_fuori_passo",
    "qualita": "dati_mancanti",
}
OTHERWISE = "Decidere se intervenire, con quale responsabile ed entro quando."
UNSEEN = (When.LEFT_OPEN,)  # it reads the checks of the services, which the pack does not have


@dataclass(frozen=True)
class Decision:
    """A point of the agenda: what it is about, what the figures say, what is asked of the Assembly."""

    title: str
    evidence: str
    question: str


def decisions(context: AssemblyContext) -> tuple[Decision, ...]:
    """The points of the Assembly's agenda, its own first, then the critical aspects from the heaviest."""
    own = [_thresholds(context), _division(context)]
    questions = {row["point_code"]: row["question"] for row in decision_points(context.release)}
    found = [_of_aspect(aspect, questions) for aspect in critical(context)]
    return tuple(point for point in (*own, *found) if point)


def critical(context: AssemblyContext) -> tuple[Aspect, ...]:
    """The critical aspects that the shown figures bring to light."""
    rules = [rule for rule in aspect_rules().critical if rule.when not in UNSEEN]
    return judge(context, rules)[0]


def _thresholds(context: AssemblyContext) -> Decision:
    year = context.period.start.year + 1
    return Decision(
        f"Soglie ISEE e quote per il {year}",
        sentences(sharing_sentence(context), scenarios_sentence(context)),
        "Confermare o cambiare gli indirizzi sulle soglie ISEE e sulle quote, con cui le Giunte le fissano (regolamento, "
        "artt. 6, 14, 24, 36 e 47).",
    )


def _division(context: AssemblyContext) -> Decision | None:
    far = gaps(context)
    if not far:
        return None
    told = [
        f"{name} ({percent(budget)} delle risorse, {percent(caseload)} dei minori)"
        for name, budget, caseload in far
    ]
    return Decision(
        "Ripartizione delle risorse delle équipe",
        f"La quota delle risorse si scosta da quella dei minori in carico a {join_words(told)}.",
        "Decidere se rivedere la ripartizione, tenendo conto dei minori in carico e dei residenti.",
    )


def _of_aspect(aspect: Aspect, questions: dict[str, str]) -> Decision:
    question = questions.get(QUESTIONS.get(aspect.rule.section, ""), OTHERWISE)
    return Decision(aspect.title, sentences(aspect.evidence, aspect.comparison), question)


def decisions_table(points: tuple[Decision, ...], key: str = "decisioni") -> Table | None:
    """The agenda as a table."""
    if not points:
        return None
    return Table(
        key,
        "Punti da decidere",
        "Punti da decidere",
        (),
        (
            text_column("point", "Punto", 2.0),
            text_column("evidence", "Che cosa dicono i dati", 4.0),
            text_column("question", "Che cosa decidere", 2.4),
        ),
        tuple(
            Row((str(place),), (point.title, point.evidence, point.question))
            for place, point in enumerate(points, 1)
        ),
    )


def decidere(context: AssemblyContext, points: tuple[Decision, ...], proposals: Narrative) -> Section:
    """The section with the agenda and the proposals of the Ufficio di Piano."""
    how = Callout(
        Tone.INFO,
        "Come si scelgono i punti",
        (
            "Gli indirizzi sulle soglie ISEE spettano all'Assemblea ogni anno. La ripartizione compare quando la quota delle risorse di un "
            "Comune si scosta da quella dei minori in carico. Gli altri punti li individuano le regole degli aspetti "
            "critici della valutazione annuale, applicate ai soli dati mostrati: ciò che è oscurato non le fa scattare.",
        ),
    )
    lead = f"{count(len(points), 'punto', 'punti')} da decidere."
    return Section(
        "decisioni", TITLE, present(Paragraph(lead), decisions_table(points), how, proposals), lead
    )
