"""The reports that the office owes: their names, periods, recipes and formats, each once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osservatorio.errors import UserError
from osservatorio.italian import join_words
from osservatorio.periods import SEMESTER, YEAR, Period, parse_period
from osservatorio.reference import Municipality
from reporting.assembly.protection import ASSEMBLY
from reporting.governance.protection import GOVERNANCE
from reporting.model import Narrative, Report
from reporting.protected.protection import Protection
from reporting.recipes.annuale import annuale
from reporting.recipes.assemblea import assemblea, testi_assemblea
from reporting.recipes.governance import governance, governance_tecnica
from reporting.recipes.semestrale import semestrale
from reporting.recipes.valutazione import valutazione
from reporting.sections.governo_pagine import testi_governance
from reporting.words.narratives import Narratives

DOCUMENTS = ("pdf", "docx", "xlsx")
_PERIOD_NAMES = {SEMESTER: ("un semestre", "{year}-S1"), YEAR: ("un anno", "{year}")}


@dataclass(frozen=True)
class Kind:
    """A kind of report. `source` is the passage that asks for it; `formats` are the suffixes of its files.

    Not `is_owed` when it has no day by which it is due: the office makes it for its own meetings.
    A kind with a `protection` has no exact counts of few persons: its recipe is given a `ProtectedContext`, it is of the
    whole Ambito alone, and `texts` tells which texts it asks for without making it. `instead` says what a municipality
    has in place of an edition of it.
    """

    key: str
    name: str
    period_type: str
    source: str
    recipe: Callable[[Any], Report]
    formats: tuple[str, ...] = DOCUMENTS
    is_owed: bool = True
    protection: Protection | None = None
    texts: Callable[[Narratives], tuple[Narrative, ...]] | None = None
    instead: str = ""

    @property
    def is_protected(self) -> bool:
        """Whether its figures are protected."""
        return self.protection is not None

    @property
    def protected_as(self) -> Protection:
        """How its figures are protected. Raises ValueError for a kind with exact ones."""
        if self.protection is None:
            raise ValueError(f"reports of the kind {self.key} are not protected")
        return self.protection

    @property
    def has_editions(self) -> bool:
        """Whether municipalities have an edition of their own."""
        return not self.is_protected


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "semestrale",
            "Rendicontazione semestrale degli interventi",
            SEMESTER,
            "Percorso di coprogettazione «Ambito di Seregno», Rendicontazioni, lett. a)",
            semestrale,
        ),
        Kind(
            "annuale",
            "Sintesi annuale di reclami, soddisfazione e controlli",
            YEAR,
            "Percorso di coprogettazione «Ambito di Seregno», Rendicontazioni, lett. b)",
            annuale,
        ),
        Kind(
            "valutazione",
            "Valutazione complessiva delle attività",
            YEAR,
            "Percorso di coprogettazione «Ambito di Seregno», Rendicontazioni, lett. c)",
            valutazione,
        ),
        Kind(
            "governance",
            "Governance di primo livello",
            SEMESTER,
            "Percorso di coprogettazione «Ambito di Seregno», Il governo del sistema di coprogettazione, 1)",
            governance,
            (*DOCUMENTS, "pptx"),
            is_owed=False,
            protection=GOVERNANCE,
            texts=testi_governance,
            instead="Esce dall'ufficio, e messe accanto a questa le cifre di un Comune farebbero ricavare quelle di poche "
            "persone. Il Comune ha la sua edizione di secondo livello, con i propri dati esatti: aggiungi «--livello 2».",
        ),
        Kind(
            "governance_tecnica",
            "Governance di secondo livello: elenchi di lavoro",
            SEMESTER,
            "Percorso di coprogettazione «Ambito di Seregno», Il governo del sistema di coprogettazione, 2)",
            governance_tecnica,
            is_owed=False,
        ),
        Kind(
            "assemblea",
            "Fascicolo per l'Assemblea dei Sindaci",
            YEAR,
            "Regolamento d'Ambito degli interventi e dei servizi a favore dei minori e delle loro famiglie, art. 6",
            assemblea,
            ("pdf", "docx", "xlsx", "pptx", "csv"),
            is_owed=False,
            protection=ASSEMBLY,
            texts=testi_assemblea,
            instead="Le sue tabelle hanno già una riga per Comune, protette tutte insieme. Togli il Comune.",
        ),
    )
}


def refuse_edition(kind: Kind, town: Municipality | None) -> None:
    """Raise UserError when a municipality is named for a kind that is of the whole Ambito alone."""
    if town and not kind.has_editions:
        raise UserError(
            f"«{kind.name}» è uno solo per tutto l'Ambito: non ha un'edizione per {town.name}. "
            f"{kind.instead or 'Togli il Comune.'}"
        )


def period_of(kind: Kind, code: str) -> Period:
    """The period of a report from its code. Raises UserError for one of another length."""
    period = parse_period(code)
    if period.type != kind.period_type:
        wanted, example = _PERIOD_NAMES[kind.period_type]
        raise UserError(
            f"«{kind.name}» vuole {wanted}, come {example.format(year=period.start.year)}: «{period.code}» non lo è."
        )
    return period


def formats_of(kind: Kind, wanted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The formats asked for, in the kind's own order; all of them by default. Raises UserError for others."""
    unknown = [name for name in wanted if name not in kind.formats]
    if unknown:
        raise UserError(
            f"«{kind.name}» non si produce in «{unknown[0]}»: scegli fra {join_words(list(kind.formats))}."
        )
    return tuple(name for name in kind.formats if not wanted or name in wanted)
