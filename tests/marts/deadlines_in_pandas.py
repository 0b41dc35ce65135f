"""What has to be done by a day, worked out one record at a time from what was delivered, apart from the warehouse."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from rules_delivered import Delivered
from rules_in_pandas import AMBITO, comes_of_age, months_later

from osservatorio.reference import municipalities, read_seed

HORIZON = {row["deadline_kind"]: int(row["horizon_days"]) for row in read_seed("deadline_kinds")}
TYPES = {
    "intervento": "Progetto di intervento",
    "affido": "Progetto di affido",
    "personalizzato_struttura": "Progetto personalizzato in struttura",
    "pippi": "Progetto P.I.P.P.I.",
}


class Due(NamedTuple):
    kind: str
    body: str
    record: str
    town: str
    service: str | None
    day: date
    detail: str | None


def all_due(data: Delivered) -> set[Due]:
    """Every deadline at the reference date, as far ahead as its kind looks."""
    found = (*_reports(data), *_projects(data), *_placements(data), *_nearly_adults(data))
    return {due for due in found if (due.day - data.as_of).days <= HORIZON[due.kind]}


def is_open(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or end > day)


def _reports(data: Delivered) -> Iterator[Due]:
    for row in data.rows("relazioni_ag"):
        if row.data_invio is None:
            detail = row.id_provvedimento and f"Provvedimento {row.id_provvedimento}"
            yield Due(
                "relazione_ag", row.codice_ente, row.id_relazione, row.town, None, row.data_scadenza, detail
            )


def _projects(data: Delivered) -> Iterator[Due]:
    running = {
        (row.codice_ente, row.id_presa_in_carico)
        for row in data.rows("prese_in_carico")
        if is_open(row.data_apertura, row.data_chiusura, data.as_of)
    }
    last: dict[tuple[str, str, str], object] = {}
    for row in sorted(data.rows("progetti"), key=lambda row: (row.data_progetto, row.id_progetto)):
        if (row.codice_ente, row.id_presa_in_carico) in running:
            last[row.codice_ente, row.id_presa_in_carico, row.tipo] = row
    for row in last.values():
        detail = TYPES[row.tipo]
        place = (row.codice_ente, row.id_progetto, row.town, row.codice_servizio)
        if row.data_fine_prevista is not None:
            yield Due("progetto_fine", *place, row.data_fine_prevista, detail)
        if row.data_verifica is not None and row.data_verifica >= data.as_of:
            yield Due("progetto_verifica", *place, row.data_verifica, detail)


def _placements(data: Delivered) -> Iterator[Due]:
    for row in data.rows("affidi"):
        limit = months_later(row.data_inizio, 24)
        ends_in_time = row.data_fine is not None and row.data_fine <= limit
        if is_open(row.data_inizio, row.data_fine, data.as_of) and not ends_in_time:
            detail = f"Iniziato il {row.data_inizio:%d/%m/%Y}"
            yield Due(
                "affido_24_mesi",
                row.codice_ente,
                row.id_affido,
                row.town,
                row.codice_servizio,
                limit,
                detail,
            )


def _nearly_adults(data: Delivered) -> Iterator[Due]:
    for row in data.rows("prese_in_carico"):
        person = data.persons.get(row.person)
        if person is None or not is_open(row.data_apertura, row.data_chiusura, data.as_of):
            continue
        birthday = comes_of_age(person.data_nascita)
        if birthday > data.as_of:
            day = birthday.replace(day=1) - timedelta(days=1)
            detail = f"Compie 18 anni nel mese {birthday:%m/%Y}"
            yield Due(
                "diciotto_anni",
                row.codice_ente,
                row.id_presa_in_carico,
                row.town,
                row.codice_servizio,
                day,
                detail,
            )


def counts(due: set[Due], as_of: date) -> dict[tuple[str, str], tuple]:
    """By kind and place: past due, ahead, in all, the oldest past and the next ahead; every kind and place."""
    past, ahead = Counter(), Counter()
    oldest: dict[tuple[str, str], date] = {}
    following: dict[tuple[str, str], date] = {}
    for row in due:
        for place in (row.town, AMBITO):
            cell = (row.kind, place)
            counted, first = (past, oldest) if row.day < as_of else (ahead, following)
            counted[cell] += 1
            first[cell] = min(first.get(cell, row.day), row.day)
    return {
        cell: (past[cell], ahead[cell], past[cell] + ahead[cell], oldest.get(cell), following.get(cell))
        for cell in ((kind, place) for kind in HORIZON for place in (*municipalities(), AMBITO))
    }
