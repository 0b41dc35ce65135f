"""What is promised for every withheld cell, and which cells must be withheld."""

from dataclasses import dataclass

from osservatorio.errors import UserError
from osservatorio.settings import LEAST_THRESHOLD
from reporting.disclosure.cells import Cell
from reporting.disclosure.scheme import Kind

DEFAULT_THRESHOLD = 5
LEAST_FAMILIES = 3


@dataclass(frozen=True)
class Policy:
    """The promise, in terms of what an attacker can work out.

    A cell is sensitive when someone stands behind it, but fewer than `threshold` minors or fewer than `families`
    families. For a sensitive cell with value v, counting persons, every outcome from none to the threshold must stay
    possible: the attacker's interval reaches down to 0 (to v - threshold where that is more) and up to the threshold
    (to v + 1 where that is more). So a family that knows its own children in the cell cannot tell how many others there
    are. For an amount the interval reaches from v (1 - share) to v (1 + share). Whatever is withheld, sensitive or not,
    has an interval at least `threshold` wide (for an amount: it is never one value).
    """

    threshold: int = DEFAULT_THRESHOLD
    families: int = LEAST_FAMILIES
    share: float = 0.5

    def __post_init__(self) -> None:
        if isinstance(self.threshold, bool) or not isinstance(self.threshold, int):
            raise UserError("La soglia di riservatezza è un numero intero di minori: scrivi per esempio 5.")
        if self.threshold < LEAST_THRESHOLD:
            raise UserError(
                f"La soglia di riservatezza non può essere {self.threshold}: il minimo è {LEAST_THRESHOLD} "
                "(Regole deontologiche per trattamenti a fini statistici, art. 5)."
            )
        if self.families < 1 or not 0 < self.share <= 1:
            raise UserError(
                "Le famiglie sono almeno 1 e l'ampiezza delle quantità è una quota fra 0 e 1: correggi le impostazioni."
            )

    def is_sensitive(self, minors: float | None, families: float | None = None) -> bool:
        """Whether so few stand behind a figure that it must be withheld; nobody at all is no secret."""
        few_minors = minors is not None and 0 < minors < self.threshold
        few_families = families is not None and 0 < families < self.families
        return few_minors or few_families

    def reach(self, value: float, kind: Kind) -> tuple[float, float]:
        """How far down and up the attacker's interval of a sensitive cell must reach."""
        if kind is Kind.AMOUNT:
            return min(value * (1 - self.share), value - 1), max(value * (1 + self.share), value + 1)
        return max(0.0, value - self.threshold), max(float(self.threshold), value + 1)

    def width(self, kind: Kind) -> float:
        """How wide the interval of any withheld cell must be."""
        return float(self.threshold) if kind is Kind.PERSONS else 1.0


def minors_behind(cell: Cell, kind: Kind) -> float | None:
    """How many minors a cell is about: what the caller says, else the value of a figure that counts persons."""
    if cell.minors is not None:
        return cell.minors
    return cell.value if kind is Kind.PERSONS else None
