"""The account of a delivery: what the command says of it, and what `meta.deliveries` keeps."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from ingestion.batch_files import Account
from ingestion.deliveries import ID_LENGTH, FoundFile
from ingestion.reading import Content, Delivery
from osservatorio.italian import date_it
from osservatorio.reference import municipalities

Outcome = Literal["landed", "already_landed", "refused"]


@dataclass(frozen=True)
class DeliveryOutcome:
    """What became of one file of the folder; `message` (Italian) tells what its sender should know, if anything.

    `extract` is None where the name did not tell it. `rows_read` = `accepted` + `quarantined` + `waiting`, all of
    them 0 unless the file was landed now; `waiting` are sound but for a parent that has not arrived.
    """

    file: str
    extract: str | None
    outcome: Outcome
    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    waiting: int = 0
    message: str | None = None


def landed(content: Content, account: Account) -> DeliveryOutcome:
    """The outcome of a delivery that was landed now."""
    return DeliveryOutcome(
        file=content.delivery.file.name,
        extract=content.delivery.name.extract,
        outcome="landed",
        rows_read=account.rows_read,
        accepted=account.accepted,
        quarantined=account.quarantined,
        waiting=account.waiting,
        message=_message(content, account),
    )


def already_landed(delivery: Delivery, loaded_at: datetime) -> DeliveryOutcome:
    """The outcome of a file whose content the landing holds."""
    message = f"Contenuto già caricato il {date_it(loaded_at)}: nulla è cambiato."
    return DeliveryOutcome(delivery.file.name, delivery.name.extract, "already_landed", message=message)


def same_content(delivery: Delivery, first: DeliveryOutcome) -> DeliveryOutcome:
    """The outcome of a file with the content of another one of the same folder, which had its outcome first."""
    if first.outcome == "refused":
        return replace(first, file=delivery.file.name)
    message = f"Stesso contenuto di «{first.file}», caricato una volta sola."
    return DeliveryOutcome(delivery.file.name, delivery.name.extract, "already_landed", message=message)


def _message(content: Content, account: Account) -> str | None:
    """What the sender should know of a file that landed: columns left out, records of several bodies."""
    unknown = content.reading.header.unknown
    parts = [f"Colonne non previste, che non sono state caricate: {', '.join(unknown)}."] if unknown else []
    sender = content.delivery.name.sender
    if sender and sender not in account.bodies:
        parts.append(
            f"Il nome del file indica {_body(sender)}, ma le righe sono di {_bodies(account)}: controllare il nome."
        )
    elif not sender and len(account.bodies) > 1:
        parts.append(f"Il file contiene record di più enti: {_bodies(account)}.")
    parts += content.reading.notes
    return " ".join(parts) or None


def _bodies(account: Account) -> str:
    return ", ".join(map(_body, sorted(account.bodies)))


def _body(code: str) -> str:
    return f"{municipalities()[code].name} ({code})" if code in municipalities() else code


def landed_row(
    content: Content, account: Account, *, key_id: str, load_seq: int, loaded_at: datetime
) -> dict[str, Any]:
    """The row of `meta.deliveries` of a delivery that was landed."""
    delivery, reading = content.delivery, content.reading
    return _delivery_columns(delivery) | {
        "encoding": reading.encoding,
        "separator": reading.separator,
        "codice_ente": ",".join(sorted(account.bodies)) or None,
        "first_extraction": account.first_extraction,
        "last_extraction": account.last_extraction,
        "rows_read": account.rows_read,
        "accepted": account.accepted,
        "quarantined": account.quarantined,
        "waiting": account.waiting,
        "purged": 0,
        "outcome": "landed",
        "message": _message(content, account),
        "unknown_columns": ", ".join(reading.header.unknown) or None,
        "key_id": key_id,
        "load_seq": load_seq,
        "loaded_at": loaded_at,
    }


def refused_row(
    file: FoundFile, delivery: Delivery | None, message: str, *, key_id: str, loaded_at: datetime
) -> dict[str, Any]:
    """The row of `meta.deliveries` of a refused file; a file that was not read is known by its name."""
    by_name = {
        "delivery_id": hashlib.sha256(f"nome|{file.name}".encode()).hexdigest()[:ID_LENGTH],
        "extract": None,
        "file_name": file.name,
        "sha256": None,
        "size_bytes": None,
        "format": None,
        "is_full_replacement": False,
        "sender": None,
    }
    return (_delivery_columns(delivery) if delivery else by_name) | {
        "encoding": delivery.found.encoding if delivery else None,
        "separator": None,
        "codice_ente": None,
        "first_extraction": None,
        "last_extraction": None,
        "rows_read": 0,
        "accepted": 0,
        "quarantined": 0,
        "waiting": 0,
        "purged": 0,
        "outcome": "refused",
        "message": message,
        "unknown_columns": None,
        "key_id": key_id,
        "load_seq": None,
        "loaded_at": loaded_at,
    }


def _delivery_columns(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery_id": delivery.id,
        "extract": delivery.name.extract,
        "file_name": delivery.file.name,
        "sha256": delivery.found.sha256,
        "size_bytes": delivery.found.size,
        "format": delivery.name.format,
        "is_full_replacement": delivery.name.is_full_replacement,
        "sender": delivery.name.sender,
    }
