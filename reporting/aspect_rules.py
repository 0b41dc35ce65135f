"""The rules by which an evaluation names critical aspects and strengths: reviewed data, read and checked."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from osservatorio.italian import number, percent
from reporting.model import Format

ASPECTS = Path(__file__).with_name("critical_aspects.yaml")
ANY_RULE = "regola_"  # the codes of the indicators of the regulation's rules start so
EVERY_RULE = f"{ANY_RULE}*"


class When(StrEnum):
    """The kinds of condition."""

    BELOW = "below"
    ABOVE = "above"
    AT_LEAST = "at_least"
    WORSE = "worse"
    BETTER = "better"
    WORSE_THAN_AMBITO = "worse_than_ambito"
    BETTER_THAN_AMBITO = "better_than_ambito"
    PLACE_WORSE = "place_worse"
    RISES = "rises"
    OFF_COURSE = "off_course"
    LEFT_OPEN = "left_open"
    WARNED = "warned"

    @property
    def against_ambito(self) -> bool:
        return self in (When.WORSE_THAN_AMBITO, When.BETTER_THAN_AMBITO)

    @property
    def against_year_before(self) -> bool:
        return self in (When.WORSE, When.BETTER, When.RISES)


@dataclass(frozen=True)
class AspectRule:
    """A rule: what it judges, when it speaks, how much it weighs (1-3) and in which words (Italian)."""

    code: str
    when: When
    threshold: float
    weight: int
    minimum_base: int
    title: str
    sentence: str
    section: str
    indicator: str = ""
    severity: str = ""
    excluded: tuple[str, ...] = ()
    smallest_base: int = 1
    per_service: bool = False
    only_complete_year: bool = False

    @property
    def is_of_rules(self) -> bool:
        return self.indicator == EVERY_RULE

    def condition(self, form: Format = Format.PERCENT) -> str:
        """When it speaks, in words: «sotto il 95,0%», «peggiora in un anno di almeno 1,0 punti, oltre il caso»."""
        shown = percent(self.threshold) if form is Format.PERCENT else number(self.threshold, 1)
        points = f"{number(self.threshold * 100, 1)} punti" if form is Format.PERCENT else shown
        return {
            When.BELOW: f"è sotto {shown}",
            When.ABOVE: f"è sopra {shown}",
            When.AT_LEAST: f"è {shown} o più",
            When.WORSE: f"peggiora in un anno di almeno {points}, oltre ciò che può fare il caso",
            When.BETTER: f"migliora in un anno di almeno {points}, oltre ciò che può fare il caso",
            When.WORSE_THAN_AMBITO: f"è peggio che nell'Ambito di almeno {points}, oltre ciò che può fare il caso",
            When.BETTER_THAN_AMBITO: f"è meglio che nell'Ambito di almeno {points}, oltre ciò che può fare il caso",
            When.PLACE_WORSE: f"in un Comune è peggio che nell'Ambito di almeno {points}, oltre ciò che può fare il caso",
            When.RISES: f"cresce in un anno di almeno {percent(self.threshold)}",
            When.OFF_COURSE: f"si scosta di oltre {points} dalla parte dell'anno trascorsa",
            When.LEFT_OPEN: f"restano aperti almeno {number(self.threshold)}",
            When.WARNED: f"sono almeno {number(self.threshold)}",
        }[self.when]


@dataclass(frozen=True)
class AspectRules:
    """All the rules, and the word for each weight."""

    weights: dict[int, str]
    critical: tuple[AspectRule, ...]
    strengths: tuple[AspectRule, ...]


@cache
def aspect_rules() -> AspectRules:
    """The reviewed rules. Raises TypeError or ValueError for a file that does not hold together."""
    raw = yaml.safe_load(ASPECTS.read_text("utf-8"))
    return AspectRules(
        raw["weights"], tuple(map(_rule, raw["critical"])), tuple(map(_rule, raw["strengths"]))
    )


def _rule(entry: dict[str, Any]) -> AspectRule:
    return AspectRule(**{**entry, "when": When(entry["when"]), "excluded": tuple(entry.get("excluded", ()))})
