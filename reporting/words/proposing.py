"""Adding proposals for improvement to a year's evaluation, and telling what became of them."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import YEAR, parse_period
from reporting.words import keeping
from reporting.words.keeping import Mark
from reporting.words.proposals import Proposal, Step, dumped, proposals_path, read_proposals, states


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
    text = dumped(proposals)
    read_proposals(text, path.name)
    keeping.save(path, text, mark, based_on)


def _year(text: str) -> str:
    period = parse_period(text)
    if period.type != YEAR:
        raise UserError(f"Le proposte sono di un anno, come {period.start.year}: «{period.code}» non lo è.")
    return period.code
