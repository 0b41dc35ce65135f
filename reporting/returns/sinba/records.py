"""Rows of the release -> records of the return: every value through the reviewed codes, and what is missing said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reporting.queries import Record
from reporting.returns.sinba.layout import Layout

SERVICE, FAMILY = "CodicePrestazione", "ComposizioneFamiglia"
IDENTIFIER = "IDBeneficiario"
ITALIAN_TOWN = "comune italiano"  # the value of a residence in any municipality of Italy
REMOVAL_403 = "8+403"  # code 8 of a measure of the public authority
Mapped = Mapping[
    tuple[str, str], str
]  # (attribute, value of the extract) -> code, empty where none is certain


def _flag(value: bool | None) -> str | None:
    return None if value is None else "S" if value else "N"


def _month(value: date | None) -> str | None:
    return None if value is None else f"{value:%m/%Y}"


def _measure_type(row: Record) -> str | None:
    """The type as delivered; code 8 with the flag that tells its two meanings apart."""
    return REMOVAL_403 if row["measure_type"] == "8" and row["is_removal_403"] else row["measure_type"]


# What each coded attribute is read from, before the reviewed codes.
CODED: Mapping[str, Callable[[Record], Any]] = {
    "MinoreStranieroNoAcc": lambda row: _flag(row["is_unaccompanied"]),
    "CondizioneMinore": lambda row: row["condizione_minore"],
    "LuogoVita": lambda row: row["luogo_vita"],
    "ScuolaFrequentata": lambda row: row["scuola_frequentata"],
    "CondizioneLavoro": lambda row: row["condizione_lavoro"],
    "Disabilita": lambda row: _flag(row["is_disabled"]),
    "FonteSegnalazione": lambda row: row["referral_source"],
    "ValutazioneMinore": lambda row: row["valutazione_minore"],
    "ValutazioneFamigliaMinore": lambda row: row["valutazione_famiglia"],
    "SegnalazioneAutoritaGiudiziaria": lambda row: _flag(row["reported_on"] is not None),
    "ProvvedimentoGiudiziario": lambda row: _flag(row["measured_on"] is not None),
    "AutoritaProvvedimento": lambda row: row["measure_authority"],
    "PotestaTutela": lambda row: row["potesta_tutela"],
    "TipoProvvedimentoGiudiziario": _measure_type,
    "FormaInterventoAffido": lambda row: row["foster_form"],
    "TipoInterventoAffido": lambda row: row["foster_kinship"],
    "DurataAffido": lambda row: row["foster_intensity"],
    "CarattereAffido": lambda row: row["foster_intensity"],
    "EsitoAffido": lambda row: row["foster_outcome"],
    "CarattereInserimentoResidenziale": lambda row: row["facility_character"],
    "FormaInserimentoResidenziale": lambda row: row["facility_title"],
    "TipoInserimentoResidenziale": lambda row: _flag(row["facility_with_parent"]),
    "EsitoInserimentoStruttura": lambda row: row["facility_outcome"],
    "MotivazioneChiusuraCarico": lambda row: row["motivo_chiusura"],
    "SituazioneChiusuraCarico": lambda row: row["situazione_chiusura"],
    "CodiceRegioneResidenza": lambda row: (row["comune_residenza"] or "")[:3] or None,
    "CodiceNazioneResidenza": lambda row: ITALIAN_TOWN if row["comune_residenza"] else None,
}
# What is written as it is, or only put in the layout's form.
PLAIN: Mapping[str, Callable[[Record], str | None]] = {
    "DataPrimaSegnalazione": lambda row: _month(row["referred_on"]),
    "DataSegnalazione": lambda row: _month(row["reported_on"]),
    "DataProvvedimentoGiudiziario": lambda row: _month(row["measured_on"]),
    "AnnoNascita": lambda row: None if row["birth_year"] is None else f"{row['birth_year']:04d}",
}
# Where a value is to be completed, for attributes that no reviewed code names.
SOURCES = {
    IDENTIFIER: "minori.id_minore",
    "DataPrimaSegnalazione": "prese_in_carico.data_segnalazione",
    "DataSegnalazione": "relazioni_ag.data_invio",
    "DataProvvedimentoGiudiziario": "provvedimenti.data_provvedimento",
    "AnnoNascita": "minori.data_nascita",
    "FasciaEtaBeneficiario": "minori.data_nascita",
}


@dataclass(frozen=True)
class Uncoded:
    """A delivered value that no code is certain for."""

    attribute: str
    value: str


@dataclass(frozen=True)
class SinbaRecord:
    """One minor of the return. `values` are in the order of the layout; `lacking` what must be there and is not, the
    codes of services and family among it; `uncoded` what was delivered and is left empty.
    """

    minor: str
    body: str
    spells: str
    values: Mapping[str, str]
    services: tuple[str, ...]
    family: tuple[str, ...]
    lacking: tuple[str, ...]
    uncoded: tuple[Uncoded, ...]

    @property
    def is_complete(self) -> bool:
        return not self.lacking


@dataclass(frozen=True)
class Coder:
    """Turns rows into records: the layout, the reviewed codes, and the office's codes of services."""

    layout: Layout
    mapped: Mapped
    services: Mapping[str, tuple[str, ...]]

    def record(self, row: Record, identifier: str | None) -> SinbaRecord:
        """The record of one row of the mart. Raises AssertionError for a value that the layout refuses."""
        found: dict[str, str | None] = {IDENTIFIER: identifier}
        uncoded: list[Uncoded] = []
        for attribute, read in CODED.items():
            found[attribute] = self._code(attribute, read(row), uncoded)
        for attribute, read in PLAIN.items():
            found[attribute] = read(row)
        found[self.layout.age_attribute] = (
            self.layout.age_band(row["age"]) if row["age"] is not None else None
        )
        family = self._codes(FAMILY, (row["composizione_famiglia"] or "").split("|"), uncoded)
        services = sorted(
            {code for name in row["services"].split("|") for code in self.services.get(name, ())}
        )
        values = {each.name: value for each in self.layout.attributes if (value := found.get(each.name))}
        lacking = list(self.layout.lacking(values))
        lacking += [name for name, there in ((SERVICE, services), (FAMILY, family)) if not there]
        record = SinbaRecord(
            row["minor"],
            row["codice_ente"],
            row["spells"],
            values,
            tuple(services),
            family,
            tuple(lacking),
            tuple(uncoded),
        )
        wrong = set(self.layout.misfits(values, services, family)) - set(lacking)
        if wrong:
            raise AssertionError(f"the layout refuses {sorted(wrong)} of a record")
        return record

    def _code(self, attribute: str, value: str | None, uncoded: list[Uncoded]) -> str | None:
        if value is None or value == "":
            return None
        code = self.mapped.get((attribute, value), "")
        if not code:
            uncoded.append(Uncoded(attribute, value))
        return code or None

    def _codes(self, attribute: str, values: Iterable[str], uncoded: list[Uncoded]) -> tuple[str, ...]:
        codes = (self._code(attribute, value.strip(), uncoded) for value in values)
        return tuple(sorted({code for code in codes if code}, key=int))


def never_filled(layout: Layout) -> tuple[str, ...]:
    """The attributes that the extracts say nothing of: they stay empty, all of them optional."""
    known = {IDENTIFIER, layout.age_attribute, *CODED, *PLAIN}
    return tuple(each.name for each in layout.attributes if each.name not in known)
