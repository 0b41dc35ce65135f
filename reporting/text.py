"""The small parts of a sentence in plain Italian: counts, articles, shares, lists.

What a sentence may say of two figures is decided in `reporting.statements`.
"""

from collections.abc import Sequence
from decimal import Decimal

from osservatorio.italian import join_words, number, percent

SMALL = 30
MISSING_TEXT = "[da completare]"
SMALL_NUMBERS = "numeri piccoli"
Figure = int | float | Decimal | None


def count(value: Figure, singular: str, plural: str, decimals: int = 0) -> str:
    """«1 reclamo», «1.234 reclami»."""
    return f"{number(value, decimals)} {singular if value == 1 else plural}"


def none_or_count(value: Figure, none: str, singular: str, plural: str) -> str:
    """«nessun reclamo», «1 reclamo», «12 reclami»."""
    return none if value == 0 else count(value, singular, plural)


def verb(value: Figure, singular: str, plural: str) -> str:
    """The form of a verb that agrees with a count: «è arrivato», «sono arrivati»."""
    return singular if value == 1 else plural


_ELIDED = {"il": "l'", "al": "all'", "dal": "dall'", "nel": "nell'", "del": "dell'", "sul": "sull'"}
_LONG = {"il": "lo", "al": "allo", "dal": "dallo", "nel": "nello", "del": "dello", "sul": "sullo"}
_VOWELS = "aeiouàèéìòù"


def with_article(article: str, what: str) -> str:
    """An article or preposition before a figure or a masculine word, in the form that Italian wants.

    «il 45%», «l'87%», «dall'11,5%», «lo 0,5%»; «nel primo semestre 2021», «all'anno 2021».
    """
    if what[:1].isdigit():
        if what.startswith("0"):
            return f"{_LONG[article]} {what}"
        is_elided = _elides(what)
    else:
        is_elided = what[:1].lower() in _VOWELS
    return f"{_ELIDED[article]}{what}" if is_elided else f"{article} {what}"


def _elides(figure: str) -> bool:
    """Whether a number is read with a vowel first: 1, 8, 11, 80, 800, 8.000, 11.000; never 1.000 or 180."""
    whole = figure.split("%")[0].split(",")[0].split("\N{NO-BREAK SPACE}")[0].split(" ")[0]
    return whole.startswith("8") or whole == "1" or whole.split(".")[0] == "11"


def signed(value: Figure, decimals: int = 0) -> str:
    """«+12», «−3,5», «0»: a difference with its sign."""
    if value is None:
        return number(None)
    digits = number(abs(value), decimals)
    if digits.strip("0,.") == "":
        return "0"
    return f"{'+' if value > 0 else '−'}{digits}"


def part_of(part: Figure, whole: Figure, rate: Figure) -> str:
    """«498 su 515 (96,7%)»: a share never goes without its base, and on few cases it has no per cent at all."""
    if whole is None:
        return number(part)
    if whole < SMALL or rate is None:
        return f"{number(part)} su {number(whole)} ({SMALL_NUMBERS})"
    return f"{number(part)} su {number(whole)} ({percent(rate)})"


def listing(items: Sequence[tuple[str, Figure]], decimals: int = 0) -> str:
    """«Seregno (255), Seveso (140) e Giussano (129)»."""
    return join_words([f"{label} ({number(value, decimals)})" for label, value in items])


def lower_first(label: str) -> str:
    """A label inside a sentence: «Colloquio» becomes «colloquio», «ADM» stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def upper_first(sentence: str) -> str:
    """The first letter of a sentence in capitals; the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def sentences(*parts: str) -> str:
    """Sentences one after the other, without those that have nothing to say."""
    return " ".join(part for part in parts if part)
