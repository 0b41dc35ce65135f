"""The data set of a year: what every description of it says, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from osservatorio.italian import number
from osservatorio.periods import Period
from reporting.disclosure.rounding_job import Rounded
from reporting.open_data.cube import Cube
from reporting.open_data.publisher import Publisher
from reporting.open_data.tables import OpenTable

KEYWORDS = ("minori", "tutela dei minori", "servizi sociali", "Ambito Territoriale", "Seregno")
CELLS, CELLS_TITLE = "celle", "Tutte le tabelle, un numero per riga"


@dataclass(frozen=True)
class DataSet:
    """Everything that the descriptions need.

    `issued` is the day on which the year was first exported, `modified` that of this content; `as_of` the reference date
    of the figures, `release` the release that they come from; `files` the content of the data files, by name.
    """

    period: Period
    cube: Cube
    rounded: Rounded
    publisher: Publisher
    release: str
    as_of: date
    issued: date
    modified: date
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """The name of the data set in addresses: the same for this year in every release."""
        return f"minori-in-carico-{self.period.code}"

    @property
    def identifier(self) -> str:
        """The name of the data set among those of its holder."""
        return f"{self.publisher.ipa_code}:{self.name}"

    @property
    def title(self) -> str:
        return f"Minori in carico ai servizi di tutela dell'Ambito di Seregno – anno {self.period.code}"

    @property
    def base(self) -> int:
        return self.rounded.base

    @property
    def description(self) -> str:
        return (
            f"Minori in carico nell'anno {self.period.code} e al 31 dicembre, prese in carico aperte e chiuse, per Comune, "
            "servizio, fascia d'età e sesso, nei dieci Comuni dell'Ambito Territoriale di Seregno. A tutela delle persone "
            f"ogni numero è arrotondato a un multiplo di {self.base}, in modo che le somme continuino a tornare: dista dal "
            f"numero vero al più {self.base}, e uno 0 non vuol dire nessuno."
        )

    @property
    def keywords(self) -> tuple[str, ...]:
        return (*KEYWORDS, self.period.code)

    @property
    def folder(self) -> str:
        """The folder of the files, at home and on the site."""
        return f"open-data_{self.period.code}"

    def address(self, file: str) -> str:
        """Where a file is published; its bare name where the home does not say."""
        return f"{self.publisher.address}/{self.folder}/{file}" if self.publisher.address else file

    def describe(self, table: OpenTable) -> str:
        """What a table holds, in a sentence."""
        return (
            f"{table.title}, anno {self.period.code}. Numeri arrotondati a multipli di {number(self.base)}; nelle righe di "
            "totale chi è seguito da più Comuni o servizi conta una volta sola."
        )
