"""What a release of many Ambiti is made of, and what it says of each.

Every table has `ambito_code` as its first column and its rows in the order of it, so that who reads one Ambito skips the
others. Records of single persons do not come along: neither the schema of the records nor a mart of one row per record.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from osservatorio.errors import UserError

MANY = "ambiti"  # in a manifest: that it is of many Ambiti, and which
REGISTER = "ambiti"  # the table of the schema `meta` that tells the same beside the figures
FIGURES = "main"
SCHEMAS = (FIGURES, "seeds")
# A mart whose key names a record of a single person or body, or a person, is a list of records.
RECORD_KEYS = frozenset(("record_id", "minor"))
# What is kept of the checks of an Ambito's own release: how they ended, and what must be kept in mind of its figures.
_QUOTED = re.compile(r"('(?:[^']|'')*')")
_VERDICT = ("outcome", "checks", "passed", "failed", "errors", "warnings")

Table = tuple[str, str]
Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ambito:
    """An Ambito in a release of many.

    `release_id` and `content_sha256` are those of its own release, `as_of` its reference date, `data_until` the last
    extraction delivered by then (dates as ISO text); `formulas_sha256` tells whether two Ambiti were computed by the
    same models. `facts` are told by the manifest alone: creation, settings, versions, deliveries, verdict.
    """

    code: str
    name: str
    release_id: str
    content_sha256: str
    as_of: str
    data_until: str
    formulas_sha256: str
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def registered(self) -> tuple[str, ...]:
        """Its row of the register."""
        return tuple(getattr(self, name) for name in REGISTERED)


REGISTERED = ("code", "name", "release_id", "content_sha256", "as_of", "data_until", "formulas_sha256")


@dataclass(frozen=True)
class Interface:
    """The tables of a release with their columns and types, without `ambito_code`, and its formulas."""

    tables: Mapping[Table, Columns]
    macros: Mapping[str, str] = field(default_factory=dict)


def is_of_many(manifest: Mapping[str, Any]) -> bool:
    """Whether a release is of many Ambiti."""
    return MANY in manifest


def ambiti_of(manifest: Mapping[str, Any]) -> dict[str, Ambito]:
    """The Ambiti of a release by code, in its order; none for a release of one."""
    return {row["code"]: Ambito(**row) for row in manifest.get(MANY, ())}


def names_of(ambiti: Mapping[str, Ambito]) -> dict[str, str]:
    """The names of Ambiti by code; where two have the same, with the code behind."""
    names = [one.name for one in ambiti.values()]
    return {
        code: one.name if names.count(one.name) == 1 else f"{one.name} ({code})"
        for code, one in ambiti.items()
    }


def told(ambito: Ambito) -> dict[str, Any]:
    """An Ambito as the manifest keeps it."""
    return asdict(ambito)


def record_marts(keys: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The marts that are lists of records, by the keys that a manifest tells."""
    return frozenset(mart for mart, key in keys.items() if RECORD_KEYS & set(key))


def ambito_of(manifest: Mapping[str, Any], code: str, name: str, *, content: str) -> Ambito:
    """What a release of many tells of the Ambito whose own release has this manifest."""
    extractions = [delivery.get("last_extraction") for delivery in manifest["deliveries"]]
    known = [str(day) for day in extractions if day]
    models = json.dumps(manifest.get("models", {}), sort_keys=True)
    verdict = manifest.get("verdict") or {}
    return Ambito(
        code=code,
        name=name,
        release_id=manifest["release_id"],
        content_sha256=content,
        as_of=manifest["as_of"],
        data_until=min(max(known, default=manifest["as_of"]), manifest["as_of"]),
        formulas_sha256=hashlib.sha256(models.encode()).hexdigest(),
        facts={
            "created_at": manifest["created_at"],
            "settings": manifest.get("settings", {}),
            "versions": manifest.get("versions", {}),
            "deliveries": len(manifest["deliveries"]),
            "verdict": {key: verdict[key] for key in _VERDICT if key in verdict},
        },
    )


def check_same_interface(name: str, found: Interface, model_name: str, model: Interface) -> None:
    """Raises UserError where the tables, columns or formulas of two Ambiti are not the same."""
    difference = _difference(found, model)
    if difference is None:
        return
    raise UserError(
        f"Le tavole di «{name}» non sono fatte come quelle di «{model_name}»: {difference}. Le due pubblicazioni vengono "
        "da versioni diverse di Osservatorio: aggiorna quella più vecchia ed esegui lì «osservatorio run CARTELLA», poi "
        "ripeti. Non è cambiato niente."
    )


def _difference(found: Interface, model: Interface) -> str | None:
    for (schema, table), columns in model.tables.items():
        other = found.tables.get((schema, table))
        if other is None:
            return f"manca la tavola «{table}»"
        if other != columns:
            mine, yours = dict(other), dict(columns)
            for column in yours:
                if mine.get(column) != yours[column]:
                    what = "manca" if column not in mine else "è di un altro tipo"
                    return f"nella tavola «{table}» la colonna «{column}» {what}"
            extra = next((column for column in mine if column not in yours), None)
            return f"nella tavola «{table}» " + (
                f"c'è in più la colonna «{extra}»" if extra else "le colonne sono in un altro ordine"
            )
    for _, table in found.tables.keys() - model.tables.keys():
        return f"c'è in più la tavola «{table}»"
    for macro in sorted(found.macros.keys() | model.macros.keys()):
        if _read_alike(found.macros.get(macro, "")) != _read_alike(model.macros.get(macro, "")):
            return f"la formula «{macro}» è diversa"
    return None


def _read_alike(macro: str) -> str:
    """A formula without what makes no difference: DuckDB tells the names of types in small letters or in capitals."""
    parts = _QUOTED.split(macro)
    return "".join(part if place % 2 else part.casefold() for place, part in enumerate(parts))
