"""The proposals for improvement of a year's overall evaluation: who, by when, and what became of them.

They are asked for by the Percorso di coprogettazione, «Rendicontazioni, dati e relazioni», lett. c). Those of a year are
one YAML file of the data home, narratives/valutazione/<year>/proposte.yaml, kept with all its versions. States and roles
are listed in `proposal_codes.csv`.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import date_it, join_words
from reporting.words import keeping

KIND = "valutazione"  # the report that they belong to
FILE_NAME = "proposte.yaml"
MAX_TEXT = 1000
_CODES = Path(__file__).parent / "proposal_codes.csv"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}")
_ASPECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Code:
    """A code of `proposal_codes.csv`. A state is an end when nothing more is expected."""

    code: str
    label: str
    plural: str = ""
    is_end: bool = False


@dataclass(frozen=True)
class Step:
    """A state that a proposal came to, when, and what the office says of it."""

    state: str
    day: date
    note: str = ""


@dataclass(frozen=True)
class Proposal:
    """A proposal. `aspect` is the code of the critical aspect that it answers; the last of `steps` is its state."""

    id: str
    text: str
    owner: str
    deadline: date
    steps: tuple[Step, ...]
    reason: str = ""
    aspect: str = ""

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def is_ended(self) -> bool:
        return states()[self.last.state].is_end


def states() -> dict[str, Code]:
    """The states of a proposal by code, the first one first."""
    return _codes("stato_proposta")


def roles() -> dict[str, Code]:
    """Who may have a proposal in their care, by code."""
    return _codes("ruolo_proposta")


@cache
def _codes(name: str) -> dict[str, Code]:
    with _CODES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["sort_order"]))
    return {
        row["code"]: Code(row["code"], row["label"], row["plural"], row["is_end"] == "true")
        for row in rows
        if row["code_list"] == name
    }


def proposals_path(home: Home, year: str) -> Path:
    """Where the proposals of a year are; those of the Ambito stand in every edition."""
    return keeping.folder_of(home, KIND, year) / FILE_NAME


def read_proposals(text: str, where: Path | str) -> tuple[Proposal, ...]:
    """The proposals of a file's text. Raises UserError that says which one and what to write instead."""
    import yaml

    if not text.strip():
        return ()
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", alla riga {mark.line + 1}," if mark else ""
        raise UserError(
            f"Il file delle proposte «{where}»{line} non è scritto bene: correggilo, oppure riprendi la versione di prima "
            "dalla sua storia."
        ) from error
    if not isinstance(content, list):
        raise UserError(
            f"Il file delle proposte «{where}» non è un elenco: ogni proposta comincia con «- id:»."
        )
    found = tuple(
        _proposal(item, f"«{where}», proposta {_name(item, n)}") for n, item in enumerate(content, 1)
    )
    ids = [proposal.id.casefold() for proposal in found]
    for proposal in found:
        if ids.count(proposal.id.casefold()) > 1:
            raise UserError(f"In «{where}» ci sono due proposte «{proposal.id}»: dai a ognuna un codice suo.")
    return found


def _name(item: Any, place: int) -> str:
    """What to call a proposal in a message: its code where it has one, else its place."""
    code = item.get("id") if isinstance(item, dict) else None
    return code if isinstance(code, str) and _ID.fullmatch(code) else str(place)


def _proposal(item: Any, where: str) -> Proposal:
    names = {"id", "testo", "motivo", "aspetto", "ruolo", "scadenza", "stati"}
    fields = _mapping(item, names, where)
    steps = fields.get("stati")
    if not isinstance(steps, list) or not steps:
        raise UserError(f"In {where}, manca «stati»: scrivi almeno lo stato di partenza, con la sua data.")
    proposal = Proposal(
        id=_code(fields.get("id"), _ID, "id", where),
        text=_words(fields.get("testo"), "testo", where),
        owner=_listed(fields.get("ruolo"), roles(), "ruolo", where),
        deadline=_day(fields.get("scadenza"), "scadenza", where),
        steps=tuple(_step(step, where) for step in steps),
        reason=_words(fields.get("motivo") or "", "motivo", where, may_be_empty=True),
        aspect=_code(fields["aspetto"], _ASPECT, "aspetto", where) if fields.get("aspetto") else "",
    )
    for before, after in zip(proposal.steps, proposal.steps[1:], strict=False):
        if after.day < before.day:
            raise UserError(
                f"In {where}, lo stato «{states()[after.state].label}» è del {date_it(after.day)}, prima di quello che lo "
                f"precede ({date_it(before.day)}): correggi la data."
            )
    return proposal


def _step(item: Any, where: str) -> Step:
    fields = _mapping(item, {"stato", "data", "nota"}, where)
    state = _listed(fields.get("stato"), states(), "stato", where)
    note = _words(fields.get("nota") or "", "nota", where, may_be_empty=True)
    if states()[state].is_end and not note:
        raise UserError(
            f"In {where}, lo stato «{states()[state].label}» vuole una nota: scrivi che cosa ne è stato."
        )
    return Step(state, _day(fields.get("data"), "data", where), note)


def _mapping(item: Any, names: set[str], where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise UserError(f"In {where}, le voci non si leggono: scrivi {join_words(sorted(names))}.")
    unknown = sorted(str(name) for name in item if name not in names)
    if unknown:
        raise UserError(
            f"In {where}, la voce «{keeping.one_line(unknown[0])}» non esiste: quelle previste sono "
            f"{join_words(sorted(names))}."
        )
    return item


def _words(value: Any, name: str, where: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        raise UserError(f"In {where}, «{name}» non è un testo: scrivilo fra virgolette.")
    words = keeping.one_line(value)
    if not words and not may_be_empty:
        raise UserError(f"In {where}, manca «{name}».")
    if len(words) > MAX_TEXT:
        raise UserError(f"In {where}, «{name}» è troppo lungo: al massimo {MAX_TEXT} caratteri.")
    return words


def _code(value: Any, pattern: re.Pattern[str], name: str, where: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise UserError(
            f"In {where}, «{name}» non va bene: servono lettere, cifre, punti e trattini, come «P2022-01» o «R14.3»."
        )
    return value


def _listed(value: Any, codes: Mapping[str, Code], name: str, where: str) -> str:
    if not isinstance(value, str) or value not in codes:
        raise UserError(f"In {where}, «{name}» non va bene: scegli fra {join_words(list(codes))}.")
    return value


def _day(value: Any, name: str, where: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime) or not 1990 <= value.year <= 2200:
        raise UserError(f"In {where}, «{name}» non è una data: scrivila come 2023-06-30.")
    return value


def dumped(proposals: tuple[Proposal, ...]) -> str:
    """The text of the file of some proposals; empty for none."""
    import yaml

    content = [
        {
            "id": p.id,
            "testo": p.text,
            **({"motivo": p.reason} if p.reason else {}),
            **({"aspetto": p.aspect} if p.aspect else {}),
            "ruolo": p.owner,
            "scadenza": p.deadline,
            "stati": [
                {"stato": s.state, "data": s.day, **({"nota": s.note} if s.note else {})} for s in p.steps
            ],
        }
        for p in proposals
    ]
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100) if content else ""
