"""Who publishes the open data, under which licence and where: what the home's settings say, or the usual."""

from collections.abc import Mapping
from dataclasses import dataclass

from osservatorio.reference import lead_municipality


@dataclass(frozen=True)
class Licence:
    """A licence: the name in the settings, the name that readers know, its version and its address."""

    key: str
    name: str
    version: str
    address: str


LICENCES = {
    licence.key: licence
    for licence in (
        Licence(
            "CC-BY-4.0",
            "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
            "4.0",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        Licence(
            "IODL-2.0", "Italian Open Data License 2.0 (IODL 2.0)", "2.0", "https://www.dati.gov.it/iodl/2.0/"
        ),
    )
}


@dataclass(frozen=True)
class Publisher:
    """Who answers for the data. `contact` and `address` are empty where the home does not say them."""

    licence: Licence
    holder: str
    ipa_code: str
    office: str
    contact: str
    address: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The settings to be filled in before the data are put on a site."""
        return tuple(
            name for name, value in (("contatto", self.contact), ("indirizzo", self.address)) if not value
        )


def publisher_of(settings: Mapping[str, str]) -> Publisher:
    """The publisher that the section of the open data tells of; the lead municipality where it does not.

    The code of a municipality in the index of public bodies (IPA) is made of its cadastral code.
    """
    lead = lead_municipality()
    return Publisher(
        LICENCES[settings.get("licenza", "CC-BY-4.0")],
        settings.get("titolare", f"Comune di {lead.name}"),
        settings.get("codice_ipa", f"c_{lead.cadastral_code.lower()}"),
        settings.get("ufficio", f"Ufficio di Piano dell'Ambito Territoriale di {lead.name}"),
        settings.get("contatto", ""),
        settings.get("indirizzo", "").rstrip("/"),
    )
