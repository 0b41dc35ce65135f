"""What a column may hold, in Italian words: the same in messages, lists and pages."""

from decimal import Decimal

from osservatorio import reference
from osservatorio.contract_model import Column

MAX_CODES_SHOWN = 20


def range_words(column: Column) -> str:
    """The bounds of a number («da 1 a 1440», «maggiore di 0»), empty when it has none; no thousands point."""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and not column.exclusive_minimum:
        return f"da {_figure(low)} a {_figure(high)}"
    words = []
    if low is not None:
        words.append(f"{'maggiore di' if column.exclusive_minimum else 'non minore di'} {_figure(low)}")
    if high is not None:
        words.append(f"non maggiore di {_figure(high)}")
    return " e ".join(words)


def codes_words(column: Column) -> str:
    """The codes that a column of a list may hold («uno dei valori bassa, media, alta»)."""
    name = column.code_list or ""
    codes = reference.code_list(name)
    if column.kind == "istat":
        towns = ", ".join(f"{code} {label}" for code, label in codes.items())
        return f"il codice di un Comune dell'Ambito ({towns})"
    many = column.kind == "codes"
    if all(code.isdigit() for code in codes):
        several = "uno o più codici" if many else "uno dei codici"
        what = f"{several} {_numbers([int(code) for code in codes])} dell'elenco {name}"
    else:
        listed = list(codes)[:MAX_CODES_SHOWN]
        more = f" e altri {len(codes) - len(listed)}" if len(codes) > len(listed) else ""
        what = f"{'uno o più valori tra' if many else 'uno dei valori'} {', '.join(listed)}{more}"
    return f"{what}, separati da «|»" if many else what


def _numbers(codes: list[int]) -> str:
    if codes == list(range(codes[0], codes[0] + len(codes))):
        return f"da {codes[0]} a {codes[-1]}"
    return ", ".join(map(str, codes))


def _figure(bound: Decimal) -> str:
    return f"{bound.normalize():f}".replace(".", ",")
