"""The roles of the people who look at the figures, and what a person sees of them.

Roles: Ufficio di Piano (all), municipality (its own rows only), governance and Assemblea (protected tables only). Where a
release is of many Ambiti, a person may be of one of them alone.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from osservatorio.ambiti.code import checked_code
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
    """What a person sees: a role and, for that of a municipality, which one (ISTAT code); of which Ambito (None: of the
    one that the home is of, or of all)."""

    role: Role
    municipality_code: str | None = None
    ambito_code: str | None = None

    def __post_init__(self) -> None:
        if (self.role is Role.MUNICIPALITY) != (self.municipality_code is not None):
            raise ValueError("a municipality goes with the role of a municipality, and with no other")

    @property
    def key(self) -> str:
        """What tells this scope from any other: «ufficio_di_piano», «comune:108030», «comune:108030@108039»."""
        town = f":{self.municipality_code}" if self.municipality_code else ""
        return f"{self.role}{town}" + (f"@{self.ambito_code}" if self.ambito_code else "")

    @property
    def label(self) -> str:
        """«Comune di Meda», «Ufficio di Piano»."""
        label = LABELS[self.role]
        if self.municipality_code:
            known = municipalities().get(self.municipality_code)
            label = f"Comune di {known.name}" if known else f"Comune {self.municipality_code}"
        return f"{label}, Ambito {self.ambito_code}" if self.ambito_code else label


OFFICE = Scope(Role.OFFICE)
_ISTAT = re.compile("[0-9]{6}")


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


def scope_of(role: str, town: str, ambito: str = "") -> Scope:
    """A role, a municipality and an Ambito (empty for none) as people write them. The municipalities of another Ambito are
    not in the list of this one: of an Ambito that is named, an ISTAT code is enough.

    Raises UserError for an unknown role or municipality, a code that cannot be one, and where one is missing or too many.
    """
    found = role_of(role)
    if ambito.strip():
        code = checked_code(ambito.strip())
        if found is Role.MUNICIPALITY and _ISTAT.fullmatch(town.strip()):
            return Scope(found, town.strip(), code)
        return replace(scope_of(role, town), ambito_code=code)
    if found is Role.MUNICIPALITY:
        if not town.strip():
            raise UserError(f"Il ruolo «{found}» vuole anche il Comune: scrivilo accanto al ruolo.")
        return Scope(found, find_municipality(town.strip()).code)
    if town.strip():
        raise UserError(f"Il ruolo «{found}» vale per tutto l'Ambito: togli il Comune «{town.strip()[:60]}».")
    return Scope(found)
