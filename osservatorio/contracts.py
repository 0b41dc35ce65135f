"""The data contracts: what each extract holds, read from `ingestion/contracts/*.odcs.yaml`.

The files follow the Open Data Contract Standard v3 (apiVersion v3.1.0), one per extract; they are the only list
of columns of the house. What the standard leaves to its users is written so:

- custom property `kind` of a column: how its text is read (see `contract_model.DUCKDB_TYPES`);
- custom property `codeList`: the list, by its name in `osservatorio.reference`, whose codes it may hold;
- classification `riservato`: never stored as delivered, replaced by a keyed pseudonym;
- a relationship with `sameBody` true: the parent record belongs to the same `codice_ente`;
- a quality entry of engine `osservatorio`: a row rule. `invalidWhen` is SQL over the typed columns, true when the
  row is bad (null is fine), `parent.<column>` is a column of the record that the column `parent` refers to, and
  `$loading_date` is the day of loading, bound by whoever runs the rule: no rule reads a clock. `expected` says what
  is expected instead (Italian clause);
- custom property `order` of the contract: its place in lists, after the extracts that it refers to.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from osservatorio.contract_checks import ContractError, check_contract, contract_error, parents_first
from osservatorio.contract_model import DUCKDB_TYPES, Column, Contract, Reference, RowRule

__all__ = ["Column", "Contract", "ContractError", "Reference", "RowRule", "load_contracts", "read_contracts"]

CONTRACTS = Path(__file__).parent.parent / "ingestion" / "contracts"
SUFFIX = ".odcs.yaml"
ENGINE = "osservatorio"
SECRET = "riservato"


@lru_cache(maxsize=1)
def load_contracts() -> dict[str, Contract]:
    """All contracts by extract, parents before children. Raises ContractError when they are inconsistent."""
    return read_contracts(CONTRACTS)


def read_contracts(folder: Path) -> dict[str, Contract]:
    """The contracts of a folder, parents before children, checked. Raises ContractError."""
    found: dict[str, tuple[int, Contract]] = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        order, contract = _read_contract(path)
        found[contract.extract] = (order, contract)
    if not found:
        raise ContractError(
            f"Nella cartella «{folder}» non c'è alcun contratto dei dati: reinstallare il programma."
        )
    ordered = [contract for _, contract in sorted(found.values(), key=lambda pair: pair[0])]
    contracts = parents_first({contract.extract: contract for contract in ordered})
    for contract in contracts.values():
        check_contract(contract, contracts)
    return contracts


def _custom(items: Iterable[dict[str, Any]] | None) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in items or ()}


def _read_contract(path: Path) -> tuple[int, Contract]:
    """Place in lists and contract of one file."""
    extract = path.name.removesuffix(SUFFIX)
    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        table = document["schema"][0]
        if table["name"] != extract:
            raise contract_error(
                extract, f"descrive l'estratto «{table['name']}», che non è il nome del file"
            )
        properties = table["properties"]
        positions = {p["primaryKeyPosition"]: p["name"] for p in properties if p.get("primaryKey")}
        contract = Contract(
            extract=extract,
            title=document["name"],
            description=document["description"]["purpose"],
            grain=table["dataGranularityDescription"],
            version=document["version"],
            key=tuple(positions[place] for place in sorted(positions)),
            columns=tuple(_read_column(extract, item) for item in properties),
            rules=tuple(
                _read_rule(item["name"], entry)
                for item in properties
                for entry in item.get("quality", ())
                if entry.get("engine") == ENGINE
            ),
        )
        return _custom(document["customProperties"])["order"], contract
    except (yaml.YAMLError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise contract_error(extract, f"non si legge ({type(error).__name__}: {error})") from error


def _read_column(extract: str, item: dict[str, Any]) -> Column:
    custom = _custom(item["customProperties"])
    options = item.get("logicalTypeOptions") or {}
    exclusive = "exclusiveMinimum" in options
    kind = custom["kind"]
    if kind not in DUCKDB_TYPES:
        raise contract_error(extract, f"la colonna «{item['name']}» ha il tipo sconosciuto «{kind}»")
    return Column(
        name=item["name"],
        kind=kind,
        required=item.get("required", False),
        secret=item.get("classification") == SECRET,
        label=item["businessName"],
        description=item["description"],
        code_list=custom.get("codeList"),
        reference=_read_reference(item),
        minimum=_decimal(options.get("exclusiveMinimum" if exclusive else "minimum")),
        maximum=_decimal(options.get("maximum")),
        exclusive_minimum=exclusive,
        max_length=options.get("maxLength"),
        pattern=options.get("pattern"),
    )


def _decimal(value: int | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _read_reference(item: dict[str, Any]) -> Reference | None:
    """`minori.odcs.yaml#/schema/minori/properties/id_minore` -> the extract and its column."""
    relationships = item.get("relationships")
    if not relationships:
        return None
    (relationship,) = relationships
    _, _, extract, _, column = relationship["to"].split("/")
    return Reference(extract, column, bool(_custom(relationship["customProperties"])["sameBody"]))


def _read_rule(column: str, entry: dict[str, Any]) -> RowRule:
    rule = entry["implementation"]
    return RowRule(
        id=entry["name"],
        column=column,
        invalid_when=rule["invalidWhen"],
        message=entry["description"],
        expected=rule["expected"],
        columns=tuple(rule["columns"]),
        parent=rule.get("parent"),
    )
