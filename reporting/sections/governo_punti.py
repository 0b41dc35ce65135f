"""What to decide: the points that the figures put on the table, each with its evidence and its question."""

from collections.abc import Sequence
from dataclasses import dataclass

from osservatorio.italian import join_words, number, percent
from reporting import governance_queries
from reporting.governance.context import GovernanceContext
from reporting.model import WITHHELD, Row, Table, text_column
from reporting.queries import Record
from reporting.sections.governo_evidenze import EVIDENCE
from reporting.text import verb


@dataclass(frozen=True)
class Point:
    """A point to decide: what it is about, what the data say, what is asked; and the mart that says it."""

    title: str
    evidence: str
    question: str
    mart: str


@dataclass(frozen=True)
class Points:
    """The points whose condition is seen to hold, and the titles of those that withheld figures do not let tell."""

    found: tuple[Point, ...]
    untold: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is left out, and who can see it; empty where nothing is."""
        if not self.untold:
            return ""
        names = join_words([f"«{title}»" for title in self.untold])
        how_many = len(self.untold)
        return (
            f"{verb(how_many, 'Del punto', 'Dei punti')} {names} qui non si dice se {verb(how_many, 'è', 'sono')} da decidere: i "
            "dati sono oscurati perché riguardano poche persone. L'Ufficio di Piano li ha nell'edizione di secondo livello."
        )


def punti(context: GovernanceContext) -> Points:
    """The points whose condition holds (seed decision_points), in the order of their weight."""
    found: list[Point] = []
    untold: list[str] = []
    for row in governance_queries.decision_points(context.release):
        told = EVIDENCE[row["point_code"]](context, row["threshold"])
        if isinstance(told, tuple):
            mart, evidence = told
            found.append(Point(row["title"], evidence, row["question"], mart))
        elif told is WITHHELD:
            untold.append(row["title"])
    return Points(tuple(found), tuple(untold))


def tabella_punti(points: Sequence[Point]) -> Table | None:
    """The points as a table: what the data say and what is asked of whom decides."""
    if not points:
        return None
    return Table(
        "governo_punti",
        "Punti da decidere",
        "Punti da decidere",
        tuple(dict.fromkeys(point.mart for point in points)),
        (
            text_column("point", "Punto", 1.3),
            text_column("evidence", "Che cosa dicono i dati", 4.0),
            text_column("question", "Che cosa decidere", 2.7),
        ),
        tuple(
            Row((str(place),), (point.title, point.evidence, point.question))
            for place, point in enumerate(points, 1)
        ),
    )


def condizioni(context: GovernanceContext) -> Table:
    """When each point comes to the table: the thresholds that were agreed on."""
    rows = governance_queries.decision_points(context.release)
    return Table(
        "governo_soglie",
        "Quando un punto arriva tra quelli da decidere",
        "Soglie dei punti",
        (),
        (
            text_column("point", "Punto", 1.3),
            text_column("condition", "Condizione", 4.6),
            text_column("threshold", "Soglia", 0.8),
        ),
        tuple(Row((row["point_code"],), (row["title"], row["condition"], _threshold(row))) for row in rows),
    )


def _threshold(row: Record) -> str:
    value = row["threshold"]
    if row["unit"] == "quota":
        return percent(value, 0)
    return f"{number(value)} giorni" if row["unit"] == "giorni" else number(value)
