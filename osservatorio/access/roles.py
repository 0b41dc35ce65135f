"""The roles of the people who look at the figures, and what a person sees of them.

Roles: Ufficio di Piano (all), municipality (its own rows only), governance and Assemblea (protected tables only).
"""

from dataclasses import dataclass
from enum import StrEnum

from osservatorio.errors import UserError
from osservatorio.italian import join_words
from osservatorio.near import perhaps
from osservatorio.reference import find_municipality, municipalities


class Role(StrEnum):
    """A role, by the name that the settings and the list of the people give it."""

    OFFICE = "ufficio_di_piano"
    MUNICIPALITY = "comune"
    GOVERNANCE = "governance"
    ASSEMBLY = "assemblea"


LABELS = {
    Role.OFFICE: "Ufficio di Piano",
    Role.MUNICIPALITY: "Comune",
    Role.GOVERNANCE: "Governance",
    Role.ASSEMBLY: "Assemblea dei Sindaci",
}


@dataclass(frozen=True)
class Scope:
    """What a person sees: a role and, for that of a municipality, which one (ISTAT code)."""

    role: Role
    municipality_code: str | None = None

    def __post_init__(self) -> None:
        if (self.role is Role.MUNICIPALITY) != (self.municipality_code is not None):
            raise ValueError("a municipality goes with the role of a municipality, and with no other")

    @property
    def key(self) -> str:
        """What tells this scope from any other: «ufficio_di_piano», «comune:108030»."""
        return f"{self.role}:{self.municipality_code}" if self.municipality_code else str(self.role)

    @property
    def label(self) -> str:
        """«Comune di Meda», «Ufficio di Piano»."""
        if self.municipality_code:
            return f"Comune di {municipalities()[self.municipality_code].name}"
        return LABELS[self.role]


OFFICE = Scope(Role.OFFICE)


def role_of(text: str) -> Role:
    """A role as people write it. Raises UserError for another."""
    wanted = "_".join(text.strip().lower().split())
    for role in Role:
        if wanted == role:
            return role
    names = [str(role) for role in Role]
    raise UserError(
        f"Il ruolo «{text[:60]}» non esiste.{perhaps(text, names)} Scegli fra {join_words(names)}."
    )


def scope_of(role: str, town: str) -> Scope:
    """A role and a municipality (empty for none) as people write them.

    Raises UserError for an unknown role or municipality, and where one is missing or too many.
    """
    found = role_of(role)
    if found is Role.MUNICIPALITY:
        if not town.strip():
            raise UserError(f"Il ruolo «{found}» vuole anche il Comune: scrivilo accanto al ruolo.")
        return Scope(found, find_municipality(town.strip()).code)
    if town.strip():
        raise UserError(f"Il ruolo «{found}» vale per tutto l'Ambito: togli il Comune «{town.strip()[:60]}».")
    return Scope(found)
