"""What a sentence may say of two figures: the rules, in one place.

1. Counts: a change in per cent only where both are at least `SMALL`; below, both are given and called small.
2. Shares and rates: a difference is stated only where their 95% intervals do not overlap, which is stricter
   than a test of the difference; otherwise the sentence says that it may be due to chance.
3. A figure on fewer than `SMALL` cases is called small and never said to have changed.
4. Where a figure is missing there is no sentence about it: every function here may return an empty text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from osservatorio.italian import euro, join_words, number, percent
from reporting.model import Format
from reporting.text import SMALL, SMALL_NUMBERS, Figure, part_of, signed, upper_first, with_article

MOST_NAMED = 3  # municipalities that one sentence names


@dataclass(frozen=True)
class Measure:
    """An indicator in one period and place: its value, what it is made of and how far it may be off.

    `value` is in the unit of the indicator; a share is between 0 and 1. `low` and `high` are its 95% interval,
    None where it has none. `is_small` says that it rests on fewer than `SMALL` cases.
    """

    code: str
    name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    is_small: bool
    unit: str
    form: Format

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def text(self) -> str:
        """The value alone: «93,1%», «38,7», «497,36 €»."""
        if self.form is Format.PERCENT:
            return percent(self.value)
        return euro(self.value) if self.form is Format.EURO else number(self.value, 1)

    @property
    def in_words(self) -> str:
        """The value with what it is: «93,1%», «38,7 ogni 1.000 residenti», «25,0 giorni»."""
        return self.text if self.form in (Format.PERCENT, Format.EURO) else f"{self.text} {self.unit}"

    @property
    def as_part(self) -> str:
        """A share as its two counts: «498 su 515 (96,7%)», «26 su 63 (numeri piccoli)»."""
        return part_of(self.numerator, self.denominator, None if self.is_small else self.value)


class Verdict(StrEnum):
    """What two figures allow to say of the first."""

    MISSING = "missing"  # one of them is not there
    SMALL = "small"  # one of them rests on few cases
    HIGHER = "higher"
    LOWER = "lower"
    UNPROVEN = "unproven"  # the difference may be due to chance


def compare(one: Measure | None, other: Measure | None) -> Verdict:
    """Whether a figure is surely higher or lower than another: their intervals do not overlap."""
    if one is None or other is None or one.value is None or other.value is None:
        return Verdict.MISSING
    if one.is_small or other.is_small:
        return Verdict.SMALL
    if not (one.has_interval and other.has_interval):
        return Verdict.UNPROVEN
    if one.low > other.high:
        return Verdict.HIGHER
    return Verdict.LOWER if one.high < other.low else Verdict.UNPROVEN


def count_change(now: Figure, before: Figure, label: str, decimals: int = 0) -> str:
    """«, 23 in più (+5,4%) rispetto al primo semestre 2021»; empty when there is nothing to compare with."""
    if now is None or before is None or not label:
        return ""
    difference = now - before
    shown = number(abs(difference), decimals)
    if shown.strip("0,.") == "":
        return f", come {with_article('nel', label)}"
    if min(now, before) < SMALL:
        return f" ({with_article('nel', label)}: {number(before, decimals)}; {SMALL_NUMBERS})"
    share = signed(difference * 100 / before, 1)
    in_percent = f" ({share}%)" if share != "0" else ""
    direction = "in più" if difference > 0 else "in meno"
    return f", {shown} {direction}{in_percent} rispetto {with_article('al', label)}"


def beside(now: Figure, before: Figure) -> str:
    """The change of a count, to stand beside it: «+23 (+5,4%)», «−1 (numeri piccoli)»; empty without a comparison."""
    if now is None or before is None:
        return ""
    shown = signed(now - before)
    if shown == "0":
        return "come un anno prima"
    if min(now, before) < SMALL:
        return f"{shown} ({SMALL_NUMBERS})"
    return f"{shown} ({signed((now - before) * 100 / before, 1)}%)"


def share_since(now: Measure | None, before: Measure | None, label: str) -> str:
    """A sentence on a share and the same share a year before; empty without one to compare with.

    «La quota è di 4,0 punti percentuali più alta che nel primo semestre 2021 (92,7%).», «Non si può dire che la quota
    sia cambiata rispetto al primo semestre 2021 (96,9%).», «Nel primo semestre 2021: 5 su 7 (numeri piccoli).»
    """
    verdict = compare(now, before)
    if verdict is Verdict.MISSING or not label:
        return ""
    if verdict is Verdict.SMALL:
        return f"{upper_first(with_article('nel', label))}: {before.as_part}."
    if verdict is Verdict.UNPROVEN:
        if now.text == before.text:
            return f"La quota è la stessa {with_article('del', label)}."
        return (
            f"Non si può dire che la quota sia cambiata rispetto {with_article('al', label)} ({before.text})."
        )
    return f"La quota è {_points(now, before)} che {with_article('nel', label)} ({before.text})."


def share_against(own: Measure | None, whole: Measure | None) -> str:
    """A sentence on a municipality's share and the one of the Ambito; empty when one is missing."""
    verdict = compare(own, whole)
    if verdict is Verdict.MISSING:
        return ""
    if verdict is Verdict.SMALL:
        return f"Nell'Ambito: {whole.as_part}."
    if verdict is Verdict.UNPROVEN:
        if own.text == whole.text:
            return "Nell'Ambito la quota è la stessa."
        return f"Nell'Ambito la quota è {with_article('del', whole.text)}: la differenza può essere dovuta al caso."
    return f"La quota è {_points(own, whole)} che nell'Ambito ({whole.text})."


def rate_against(own: Measure | None, whole: Measure | None) -> str:
    """«38,7 ogni 1.000 residenti, contro 31,0 nell'Ambito», with what the two figures allow to say; or empty."""
    verdict = compare(own, whole)
    if verdict is Verdict.MISSING:
        return ""
    small = f" ({SMALL_NUMBERS})" if rests_on_few(own) or rests_on_few(whole) else ""
    if own.text == whole.text:
        return f"{own.in_words}, come nell'Ambito{small}"
    is_doubtful = verdict is Verdict.UNPROVEN and own.has_interval and not small
    doubt = ", una differenza che può essere dovuta al caso" if is_doubtful else ""
    return f"{own.in_words}, contro {whole.text} nell'Ambito{small}{doubt}"


def rate_since(now: Measure | None, before: Measure | None, label: str) -> str:
    """«31,8 casi per operatore (nel primo semestre 2021: 30,0)»: side by side, with no claim of a change."""
    if now is None or now.value is None:
        return ""
    if before is None or before.value is None or not label:
        return now.in_words
    small = f"; {SMALL_NUMBERS}" if rests_on_few(now) or rests_on_few(before) else ""
    return f"{now.in_words} ({with_article('nel', label)}: {before.text}{small})"


def rests_on_few(measure: Measure) -> bool:
    """Whether a rate counts fewer than `SMALL` cases, above or below the line."""
    is_share = measure.form is Format.PERCENT
    counts_few = not is_share and measure.numerator is not None and measure.numerator < SMALL
    return measure.is_small or counts_few


def apart(
    parts: Mapping[str, Measure], whole: Measure | None
) -> tuple[list[tuple[str, Measure]], list[tuple[str, Measure]]]:
    """The parts that are surely above and surely below the whole, from the farthest; small ones never are."""
    found: dict[Verdict, list[tuple[str, Measure]]] = {Verdict.HIGHER: [], Verdict.LOWER: []}
    for name, measure in parts.items():
        verdict = compare(measure, whole)
        if verdict in found:
            found[verdict].append((name, measure))
    higher = sorted(found[Verdict.HIGHER], key=lambda item: (-item[1].value, item[0]))
    return higher, sorted(found[Verdict.LOWER], key=lambda item: (item[1].value, item[0]))


def named(items: Sequence[tuple[str, Measure]]) -> str:
    """«Meda (38,7) e Seveso (33,1)»; of many municipalities the first three and how many others."""
    words = [f"{name} ({measure.text})" for name, measure in items[:MOST_NAMED]]
    others = len(items) - len(words)
    if others:
        words.append("un altro Comune" if others == 1 else f"altri {number(others)} Comuni")
    return join_words(words)


def leading(items: Sequence[tuple[str, Figure]]) -> tuple[str, ...]:
    """The labels with the greatest figure, more than one when they are level; none where numbers are small."""
    known = [(label, value) for label, value in items if value is not None]
    if not known or sum(value for _, value in known) < SMALL:
        return ()
    most = max(value for _, value in known)
    return tuple(label for label, value in known if value == most)


def _points(one: Measure, other: Measure) -> str:
    """«di 4,0 punti percentuali più alta»."""
    points = (one.value - other.value) * 100
    direction = "più alta" if points > 0 else "più bassa"
    shown = number(abs(points), 1)
    if shown == "0,0":
        return f"{direction}, di meno di 0,1 punti percentuali,"
    return f"di {shown} {'punto percentuale' if shown == '1,0' else 'punti percentuali'} {direction}"
