"""The rules by which an evaluation names critical aspects and strengths: reviewed data, read and checked."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from osservatorio.italian import number, percent
from reporting.model import Format
from reporting.text import count, with_article

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
        """When it speaks, in words: «è sotto il 95%», «peggiora in un anno di almeno 1 punto, oltre …»."""
        is_share = form is Format.PERCENT
        edge = with_article("il", _percent(self.threshold)) if is_share else number(self.threshold, 1)
        least = count(self.threshold * 100, "punto", "punti", 0) if is_share else number(self.threshold, 1)
        chance = "oltre ciò che può fare il caso"
        return {
            When.BELOW: f"è sotto {edge}",
            When.ABOVE: f"è sopra {edge}",
            When.AT_LEAST: f"è {edge} o più",
            When.WORSE: f"peggiora in un anno di almeno {least}, {chance}",
            When.BETTER: f"migliora in un anno di almeno {least}, {chance}",
            When.WORSE_THAN_AMBITO: f"è peggio che nell'Ambito di almeno {least}, {chance}",
            When.BETTER_THAN_AMBITO: f"è meglio che nell'Ambito di almeno {least}, {chance}",
            When.PLACE_WORSE: f"in un Comune è peggio che nell'Ambito di almeno {least}, {chance}",
            When.RISES: f"cresce in un anno di almeno {with_article('il', _percent(self.threshold))}",
            When.OFF_COURSE: f"si scosta di oltre {least} dalla parte dell'anno trascorsa",
            When.LEFT_OPEN: f"ne resta aperto almeno {number(self.threshold)}",
            When.WARNED: f"ce n'è almeno {number(self.threshold)}",
        }[self.when]


def _percent(share: float) -> str:
    """A threshold without useless decimals: «95%», «2,5%»."""
    return percent(share, 0 if round(share * 100, 6).is_integer() else 1)


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
    typed = {
        "when": When(entry["when"]),
        "threshold": float(entry["threshold"]),
        "excluded": tuple(entry.get("excluded", ())),
    }
    return AspectRule(**{**entry, **typed})
