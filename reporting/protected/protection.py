"""What a protected kind of report reads: its periods, its tables, what rests on them, and what is open as it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osservatorio.periods import Period
from reporting.context import Context
from reporting.disclosure.cells import Figure, ProtectedSet
from reporting.disclosure.scheme import Scheme
from reporting.protected.open_marts import OpenMart
from reporting.protected.view import Derived
from reporting.queries import Record

if TYPE_CHECKING:
    from reporting.protected.context import ProtectedContext

Indicators = Iterable[tuple[Record, tuple[Figure, ...]]]


@dataclass(frozen=True)
class Protection:
    """How the figures of a kind come out of a release; all that is exact stays behind these functions.

    `periods` are those whose figures are protected together; `gather` reads their tables; `derived` and `indicators` what
    rests on several figures, each with those; `open_marts` are the marts that are about nobody; `context` is what the
    recipe is given.
    """

    periods: Callable[[Context], Sequence[Period]]
    gather: Callable[[Context, Sequence[Period]], ProtectedSet]
    derived: Callable[[Context, Scheme, Sequence[Period]], Iterable[Derived]]
    indicators: Callable[[Context, Scheme, Sequence[Period]], Indicators]
    open_marts: tuple[OpenMart, ...]
    context: "type[ProtectedContext]"
