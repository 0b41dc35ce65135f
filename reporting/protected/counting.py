"""From rows of a mart to cells of a table, each with how many persons stand behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from reporting.disclosure.cells import Cell, Number
from reporting.disclosure.scheme import Kind
from reporting.protected import known
from reporting.queries import Record

LEAST_AMOUNT = 1.0  # under it an amount cannot look as if it were less
Place = tuple[str, ...]
Behind = Callable[[Record, str], int | None]  # a row of a mart and a figure -> the persons it is about


def cells_of(
    records: Iterable[Record],
    place: Callable[[Record], Place],
    figures: Sequence[str],
    behind: Behind,
    among: Mapping[str, known.Counted | known.Ratio] = known.FIGURES,
) -> list[Cell]:
    """One cell per row and figure (`among` says what each is); one that the mart does not have in a row has no cell.

    A rate is withheld with either of its figures, so nobody is told to stand behind it. An amount of nothing is no
    secret that anything could hide: there is no smaller one.
    """
    cells = []
    for record in records:
        for key in figures:
            figure = among[key]
            value = record[figure.column]
            if isinstance(figure, known.Ratio):
                printed = None if value is None else round(float(value), known.PRINTED)
                cells.append(Cell(place(record), key, printed))
            elif value is not None:
                amount = round(60 * float(value)) if key == known.MINUTES else _number(value)
                is_nothing = figure.measure.kind is Kind.AMOUNT and abs(amount) < LEAST_AMOUNT
                minors = None if is_nothing else behind(record, key)
                cells.append(Cell(place(record), key, amount, minors=minors))
    return cells


def _number(value: object) -> Number:
    return value if isinstance(value, int) else round(float(value), 6)  # type: ignore[arg-type]


def columns_of(
    figures: Iterable[str], among: Mapping[str, known.Counted | known.Ratio] = known.FIGURES
) -> tuple[str, ...]:
    """The columns that hold these figures, each once."""
    return tuple(dict.fromkeys(among[key].column for key in figures))


def fewest(*counts: int | None) -> int | None:
    """The smallest of the counts that are not nobody; None where none is known."""
    told = [count for count in counts if count]
    return min(told, default=None)
