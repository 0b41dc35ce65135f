"""Terms of retention: how long the records of each extract are kept, from the reviewed file and the home's settings."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml

from osservatorio.contracts import Contract, load_contracts
from osservatorio.errors import UserError

TERMS = Path(__file__).with_name("retention.yaml")
QUARANTINE = "quarantena"
RELEASES = "pubblicazioni"


@dataclass(frozen=True)
class Term:
    """How long a record is kept after a date (`years` None: for ever), and why (Italian).

    `date` is a column, or `reference.column` for the date of the record referred to; None where the program itself
    knows it (the day of loading, of publishing).
    """

    name: str
    years: int | None
    reason: str
    date: str | None = None
    open_date: str | None = None
    open_years: int | None = None


@dataclass(frozen=True)
class Terms:
    """All the terms of a home."""

    extracts: Mapping[str, Term]
    quarantine: Term
    releases: Term


def terms_of(settings: Mapping[str, int | None]) -> Terms:
    """The terms of the program, with those of the home's settings in their place.

    A home that sets an extract's years sets those of its open records too, in so far as they would be shorter.
    Raises UserError where the settings name what is not there.
    """
    terms = _terms()
    known = {**terms.extracts, QUARANTINE: terms.quarantine, RELEASES: terms.releases}
    for name in settings:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            advice = f"forse «{close[0]}»" if close else f"quelli previsti sono {', '.join(known)}"
            raise UserError(f"Nelle impostazioni il termine di conservazione «{name}» non esiste: {advice}.")
    changed = {
        name: _changed(term, settings[name]) if name in settings else term for name, term in known.items()
    }
    return Terms({name: changed[name] for name in terms.extracts}, changed[QUARANTINE], changed[RELEASES])


def _changed(term: Term, years: int | None) -> Term:
    longer = None if years is None or term.open_years is None else max(term.open_years, years)
    return replace(term, years=years, open_years=longer, reason="Termine fissato nelle impostazioni.")


@lru_cache(maxsize=1)
def _terms() -> Terms:
    document = yaml.load(TERMS.read_bytes(), Loader=yaml.CSafeLoader)
    extracts = {name: Term(name, **entry) for name, entry in document["extracts"].items()}
    for contract in load_contracts().values():
        _check(contract, extracts[contract.extract])
    return Terms(extracts, Term(QUARANTINE, **document[QUARANTINE]), Term(RELEASES, **document[RELEASES]))


def _check(contract: Contract, term: Term) -> None:
    """The dates that a term names are there, and are dates. Raises ValueError: the file is the program's own."""
    for name in filter(None, (term.date, term.open_date)):
        reference, _, column = name.rpartition(".")
        owner = contract
        if reference:
            target = contract.column(reference).reference
            if target is None:
                raise ValueError(f"{contract.extract}: {reference} refers to nothing")
            owner = load_contracts()[target.extract]
        if owner.column(column).kind not in ("date", "month", "year"):
            raise ValueError(f"{contract.extract}: {name} is not a date")
