"""Sentences that the numbers support: changes, counts and joins in plain Italian.

A change is given in per cent only where both numbers are at least `SMALL`: below, the two counts are
stated and called small. The rule is printed among the notes on reading.
"""

from collections.abc import Sequence
from decimal import Decimal

from osservatorio.italian import join_words, number, percent

SMALL = 30
MISSING_TEXT = "[da completare]"
Figure = int | float | Decimal | None


def count(value: Figure, singular: str, plural: str, decimals: int = 0) -> str:
    """«1 reclamo», «1.234 reclami»."""
    return f"{number(value, decimals)} {singular if value == 1 else plural}"


_ELIDED = {"il": "l'", "al": "all'", "dal": "dall'", "nel": "nell'", "del": "dell'"}


def with_article(article: str, figure: str) -> str:
    """An article or preposition before a figure, elided where Italian does: «il 45%», «l'87%», «dall'11,5%»."""
    whole = figure.split("%")[0].split(",")[0]
    elided = whole.startswith("8") or whole in ("1", "11")
    return f"{_ELIDED[article]}{figure}" if elided else f"{article} {figure}"


def signed(value: Figure, decimals: int = 0) -> str:
    """«+12», «−3,5», «0»: a difference with its sign."""
    if value is None:
        return number(None)
    digits = number(abs(value), decimals)
    if digits.strip("0,.") == "":
        return "0"
    return f"{'+' if value > 0 else '−'}{digits}"


def change(now: Figure, before: Figure, before_label: str, decimals: int = 0) -> str:
    """«, 23 in più (+5,4%) del primo semestre 2021»; empty when there is nothing to compare with."""
    if now is None or before is None:
        return ""
    difference = now - before
    shown = number(abs(difference), decimals)
    if shown.strip("0,.") == "":
        return f", come nel {before_label}"
    direction = "in più" if difference > 0 else "in meno"
    if min(now, before) < SMALL:
        return f" (nel {before_label}: {number(before, decimals)}; numeri piccoli)"
    return f", {shown} {direction} ({signed(difference * 100 / before, 1)}%) rispetto al {before_label}"


def rate_change(now: Figure, before: Figure, before_label: str) -> str:
    """«, 1,2 punti percentuali in meno rispetto al primo semestre 2021»; empty without a comparison."""
    if now is None or before is None:
        return ""
    points = (now - before) * 100
    shown = number(abs(points), 1)
    if shown == "0,0":
        return f", come nel {before_label}"
    return f", {shown} punti percentuali in {'più' if points > 0 else 'meno'} rispetto al {before_label}"


def share_with_base(rate: Figure, part: Figure, whole: Figure) -> str:
    """«87,5% (7 su 8)»: a share never goes without its base; on few cases it says so."""
    small = "; numeri piccoli" if whole is not None and whole < SMALL else ""
    return f"{percent(rate)} ({number(part)} su {number(whole)}{small})"


def listing(items: Sequence[tuple[str, Figure]], decimals: int = 0) -> str:
    """«Seregno (255), Seveso (140) e Giussano (129)»."""
    return join_words([f"{label} ({number(value, decimals)})" for label, value in items])


def lower_first(label: str) -> str:
    """A label inside a sentence: «Colloquio» becomes «colloquio», «ADM» stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
