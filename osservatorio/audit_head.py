"""The key and the head of the audit log: kept in the home's `keys/`, away from the log that they vouch for."""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from osservatorio.errors import UserError
from osservatorio.files import read_secret, sync_folder, write_json, write_secret
from osservatorio.home import Home

KEY_FILE = "registro.key"
HEAD_FILE = "registro.json"
KEY_BYTES = 32
NO_LINE = "0" * 64  # what the first line is bound to


class AuditError(UserError):
    """The audit log cannot be written: what was to be recorded must not be done."""


@dataclass(frozen=True)
class Head:
    """How many lines the log has, and the `mac` of the last one."""

    count: int
    last: str


def open_head(home: Home) -> tuple[bytes, Head]:
    """Key and head; both are made when the home has no log yet. Raises AuditError when one is lost or damaged."""
    key = read_key(home)
    if key is None:
        if home.audit_log.exists() and home.audit_log.stat().st_size:
            raise AuditError(
                f"Manca la chiave del registro «{home.keys / KEY_FILE}»: ripristinala dalla copia di sicurezza delle "
                f"chiavi; se è perduta, conserva altrove «{home.audit_log}» e riprova: ne comincerà uno nuovo."
            )
        key = secrets.token_bytes(KEY_BYTES)
        write_head(home, key, Head(0, NO_LINE))
        _write_key(home.keys / KEY_FILE, key)
    head = read_head(home, key)
    if head is None:
        raise AuditError(
            f"La testa del registro «{home.keys / HEAD_FILE}» manca o è stata modificata: ripristinala dalla copia di "
            f"sicurezza; se è perduta, conserva altrove «{home.audit_log}» e «{KEY_FILE}» e riprova."
        )
    return key, head


def read_key(home: Home) -> bytes | None:
    """The key of the log, None when there is none. Raises AuditError when it is damaged."""
    path = home.keys / KEY_FILE
    try:
        key = bytes.fromhex(read_secret(path).strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise AuditError(
            f"La chiave del registro «{path}» non si legge: ripristinala dalla copia di sicurezza delle chiavi."
        )
    return key


def read_head(home: Home, key: bytes) -> Head | None:
    """The head of the log, None when it is missing or is not one that was written."""
    try:
        values = json.loads((home.keys / HEAD_FILE).read_text("utf-8"))
        head = Head(values["count"], values["last"])
        return head if hmac.compare_digest(_head_mac(key, head), values["mac"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_head(home: Home, key: bytes, head: Head) -> None:
    """Put the head in place in one step."""
    mac = _head_mac(key, head)
    write_json(home.keys / HEAD_FILE, {"count": head.count, "last": head.last, "mac": mac})


def _write_key(path: Path, key: bytes) -> None:
    """In place whole and private, or not there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        write_secret(temporary, key.hex() + "\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _head_mac(key: bytes, head: Head) -> str:
    return hmac.new(key, f"head:{head.count}:{head.last}".encode(), hashlib.sha256).hexdigest()
