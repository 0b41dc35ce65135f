"""The proposals for improvement of a year's overall evaluation: who, by when, and what became of them.

They are asked for by the Percorso di coprogettazione, «Rendicontazioni, dati e relazioni», lett. c). Those of a year are
one YAML file of the data home, narratives/valutazione/<year>/proposte.yaml, kept with all its versions. States and roles
are listed in `proposal_codes.csv`.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import date_it, join_words
from osservatorio.periods import YEAR, parse_period
from reporting import keeping
from reporting.keeping import Mark

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


def proposals_of(home: Home, year: str) -> tuple[Proposal, ...]:
    """The proposals of a year's evaluation. Raises UserError for a year or a file that cannot be understood."""
    return _read(home, year)[1]


def add_proposal(
    home: Home,
    year: str,
    mark: Mark,
    *,
    text: str,
    owner: str,
    deadline: date,
    day: date,
    reason: str = "",
    aspect: str = "",
) -> Proposal:
    """Add a proposal to those of a year, open from `day`. Raises UserError for what cannot be accepted."""
    text_now, now = _read(home, year)
    number = 1 + max((int(found[1]) for p in now if (found := re.search(r"-(\d+)$", p.id))), default=0)
    proposal = Proposal(
        f"P{_year(year)}-{number:02d}",
        text,
        owner,
        deadline,
        (Step(next(iter(states())), day),),
        reason,
        aspect,
    )
    _write(home, year, text_now, (*now, proposal), mark)
    return proposals_of(home, year)[-1]


def update_proposal(
    home: Home,
    year: str,
    proposal_id: str,
    mark: Mark,
    *,
    day: date,
    state: str | None = None,
    note: str = "",
    **changes: Any,
) -> Proposal:
    """Change the fields named, and say what became of a proposal: its state from `day`, with a note.

    A note alone goes with the state that it is in. Raises UserError for an unknown proposal, a day before the one of
    the last state, an ending without a note, or nothing to change.
    """
    text_now, now = _read(home, year)
    found = next((p for p in now if p.id.casefold() == proposal_id.casefold()), None)
    if found is None:
        known = join_words([p.id for p in now])
        raise UserError(
            f"Fra le proposte dell'anno {year} non c'è «{proposal_id[:20]}»: "
            + (f"scegli fra {known}." if known else "non ce n'è ancora nessuna.")
        )
    if not (state or note or changes):
        raise UserError(
            "Non hai indicato che cosa cambiare: scrivi almeno uno stato, una nota o un altro campo."
        )
    steps = (*found.steps, Step(state or found.last.state, day, note)) if state or note else found.steps
    changed = replace(found, **changes, steps=steps)
    _write(home, year, text_now, tuple(changed if p is found else p for p in now), mark)
    return next(p for p in proposals_of(home, year) if p.id == found.id)


def _read(home: Home, year: str) -> tuple[str, tuple[Proposal, ...]]:
    path = proposals_path(home, _year(year))
    text = keeping.read_kept(path)
    return text, read_proposals(text, path)


def _write(home: Home, year: str, based_on: str, proposals: tuple[Proposal, ...], mark: Mark) -> None:
    path = proposals_path(home, _year(year))
    text = _dumped(proposals)
    read_proposals(text, path.name)
    keeping.save(path, text, mark, based_on)


def _year(text: str) -> str:
    period = parse_period(text)
    if period.type != YEAR:
        raise UserError(f"Le proposte sono di un anno, come {period.start.year}: «{period.code}» non lo è.")
    return period.code


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


def _dumped(proposals: tuple[Proposal, ...]) -> str:
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
