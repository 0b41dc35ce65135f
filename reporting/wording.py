"""How the sentences of a report name its period, its place and its author."""

from osservatorio.periods import SEMESTER, Period
from osservatorio.reference import Municipality, municipalities
from reporting.queries import AMBITO


class Wording:
    """The words that depend on the period and on the municipality that a report is about (`AMBITO`: all)."""

    period: Period
    place: str

    @property
    def municipality(self) -> Municipality | None:
        """The municipality of a municipality's own edition."""
        return None if self.place == AMBITO else municipalities()[self.place]

    @property
    def noun(self) -> str:
        """«semestre» or «anno»."""
        return "semestre" if self.period.type == SEMESTER else "anno"

    @property
    def the_noun(self) -> str:
        """«il semestre» or «l'anno»."""
        return "il semestre" if self.period.type == SEMESTER else "l'anno"

    @property
    def of_noun(self) -> str:
        """«del semestre» or «dell'anno»."""
        return "del semestre" if self.period.type == SEMESTER else "dell'anno"

    @property
    def in_period(self) -> str:
        """«nel semestre» or «nell'anno»."""
        return "nel semestre" if self.period.type == SEMESTER else "nell'anno"

    @property
    def in_label(self) -> str:
        """«nel primo semestre 2022» or «nell'anno 2022»."""
        return f"nel {self.period.label}" if self.period.type == SEMESTER else f"nell'{self.period.label}"

    @property
    def at_end(self) -> str:
        """«a fine semestre» or «a fine anno»."""
        return f"a fine {self.noun}"

    @property
    def where(self) -> str:
        """«nell'Ambito» or «nel Comune di Meda»."""
        town = self.municipality
        return f"nel Comune di {town.name}" if town else "nell'Ambito"

    @property
    def by_town(self) -> str:
        """How the titles of tables by municipality go on: «per Comune», «nel Comune e nell'Ambito»."""
        return "per Comune" if self.place == AMBITO else "nel Comune e nell'Ambito"

    def by_town_and(self, what: str) -> str:
        """The same for a table of two dimensions: «per Comune e servizio»."""
        return f"per Comune e {what}" if self.place == AMBITO else f"per {what}, {self.by_town}"

    @property
    def has_partner(self) -> bool:
        """Whether the partner works here: in the whole Ambito, and in the municipalities of the joint services."""
        town = self.municipality
        return town is None or town.is_associated

    @property
    def of_author(self) -> str:
        """Whose words the narratives are: «del partner», or «del Comune» where the partner does not work."""
        return "del partner" if self.has_partner else "del Comune"
