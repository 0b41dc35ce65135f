"""The data contracts: what each extract holds, read from `ingestion/contracts/*.odcs.yaml`.

The files follow the Open Data Contract Standard v3 (apiVersion v3.1.0), one per extract; they are the only list
of columns of the house. What the standard leaves to its users is written so:

- custom property `kind` of a column: how its text is read (see `DUCKDB_TYPES`);
- custom property `codeList`: the list, by its name in `osservatorio.reference`, whose codes it may hold;
- classification `riservato`: never stored as delivered, replaced by a keyed pseudonym;
- a relationship with `sameBody` true: the parent record belongs to the same `codice_ente`;
- a quality entry of engine `osservatorio`: a row rule. `invalidWhen` is SQL over the typed columns, true when the
  row is bad (null is fine), `parent.<column>` is a column of the record that the column `parent` refers to, and
  `$loading_date` is the day of loading, bound by whoever runs the rule: no rule reads a clock;
- custom property `order` of the contract: its place in lists, after the extracts that it refers to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from osservatorio import reference
from osservatorio.errors import UserError

CONTRACTS = Path(__file__).parent.parent / "ingestion" / "contracts"
SUFFIX = ".odcs.yaml"
ENGINE = "osservatorio"
SECRET = "riservato"
LOADING_DATE = "loading_date"

DUCKDB_TYPES = {
    "id": "VARCHAR",
    "istat": "VARCHAR",
    "cf": "VARCHAR",
    "code": "VARCHAR",
    "codes": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "month": "DATE",
    "year": "INTEGER",
    "flag": "BOOLEAN",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
}


class ContractError(UserError):
    """A contract file is missing, unreadable or inconsistent."""


@dataclass(frozen=True)
class Reference:
    """The key column that a column refers to; `same_body`: the parent has the same `codice_ente`."""

    extract: str
    column: str
    same_body: bool


@dataclass(frozen=True)
class Column:
    """A column of an extract. `label` and `description` are Italian; bounds are those of numbers."""

    name: str
    kind: str
    required: bool
    secret: bool
    label: str
    description: str
    code_list: str | None = None
    reference: Reference | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive_minimum: bool = False
    max_length: int | None = None
    pattern: str | None = None

    @property
    def duckdb_type(self) -> str:
        """The type of the column in the landing."""
        return DUCKDB_TYPES[self.kind]

    @property
    def pseudonym_domain(self) -> str | None:
        """The name of the identifier that a secret column holds (None when not secret)."""
        if not self.secret:
            return None
        return self.reference.column if self.reference else self.name


@dataclass(frozen=True)
class RowRule:
    """A rule over one row: bad where `invalid_when` is true; `message` (Italian) says what to do.

    `parent` names the reference column whose parent record is aliased `parent` in the SQL.
    """

    id: str
    column: str
    invalid_when: str
    message: str
    columns: tuple[str, ...]
    parent: str | None = None


@dataclass(frozen=True)
class Contract:
    """One extract: `title`, `description` and `grain` (what a row is) are Italian."""

    extract: str
    title: str
    description: str
    grain: str
    version: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError when the extract has none."""
        return self._by_name[name]

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that refer to another extract."""
        return tuple(column for column in self.columns if column.reference)


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
    contracts = _parents_first({contract.extract: contract for contract in ordered})
    for contract in contracts.values():
        _check(contract, contracts)
    return contracts


def _fail(extract: str, problem: str) -> ContractError:
    return ContractError(
        f"Il contratto «{extract}{SUFFIX}» non è coerente: {problem}. Correggere il file del contratto."
    )


def _custom(items: Iterable[dict[str, Any]] | None) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in items or ()}


def _read_contract(path: Path) -> tuple[int, Contract]:
    """Place in lists and contract of one file."""
    extract = path.name.removesuffix(SUFFIX)
    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        table = document["schema"][0]
        if table["name"] != extract:
            raise _fail(extract, f"descrive l'estratto «{table['name']}», che non è il nome del file")
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
    except (yaml.YAMLError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _fail(extract, f"non si legge ({type(error).__name__}: {error})") from error


def _read_column(extract: str, item: dict[str, Any]) -> Column:
    custom = _custom(item["customProperties"])
    options = item.get("logicalTypeOptions") or {}
    exclusive = "exclusiveMinimum" in options
    kind = custom["kind"]
    if kind not in DUCKDB_TYPES:
        raise _fail(extract, f"la colonna «{item['name']}» ha il tipo sconosciuto «{kind}»")
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
        columns=tuple(rule["columns"]),
        parent=rule.get("parent"),
    )


def _parents_first(contracts: dict[str, Contract]) -> dict[str, Contract]:
    """The same contracts, each after those that it refers to, otherwise in the order given."""
    placed: dict[str, Contract] = {}

    def place(extract: str, path: tuple[str, ...]) -> None:
        if extract in placed:
            return
        if extract in path:
            raise _fail(extract, f"i riferimenti fanno un giro ({' → '.join((*path, extract))})")
        for column in contracts[extract].references:
            parent = column.reference.extract if column.reference else ""
            if parent not in contracts:
                raise _fail(
                    extract, f"la colonna «{column.name}» rimanda all'estratto sconosciuto «{parent}»"
                )
            place(parent, (*path, extract))
        placed[extract] = contracts[extract]

    for extract in contracts:
        place(extract, ())
    return placed


def _check(contract: Contract, contracts: dict[str, Contract]) -> None:
    """Raise ContractError when names in the contract point nowhere or contradict one another."""
    extract = contract.extract
    names = [column.name for column in contract.columns]
    if len(set(names)) < len(names):
        raise _fail(extract, "una colonna è descritta due volte")
    if len({rule.id for rule in contract.rules}) < len(contract.rules):
        raise _fail(extract, "due regole hanno lo stesso nome")
    if not contract.key:
        raise _fail(extract, "manca la chiave")
    for column in contract.columns:
        _check_column(extract, column, contracts)
    for rule in contract.rules:
        _check_rule(contract, rule, contracts)


def _check_column(extract: str, column: Column, contracts: dict[str, Contract]) -> None:
    if column.code_list and column.code_list not in reference.code_list_names():
        raise _fail(extract, f"la colonna «{column.name}» usa l'elenco sconosciuto «{column.code_list}»")
    if column.kind in ("code", "codes") and not column.code_list:
        raise _fail(extract, f"la colonna «{column.name}» è un codice senza elenco dei valori")
    target = column.reference
    if target is None:
        return
    parent = contracts[target.extract]
    if target.column not in parent.key:
        raise _fail(
            extract,
            f"la colonna «{column.name}» rimanda a «{target.column}», che non è nella chiave di «{target.extract}»",
        )
    if parent.column(target.column).secret != column.secret:
        raise _fail(
            extract,
            f"la colonna «{column.name}» è riservata in un solo estratto tra questo e «{target.extract}»",
        )


def _check_rule(contract: Contract, rule: RowRule, contracts: dict[str, Contract]) -> None:
    known = {column.name for column in contract.columns}
    unknown = [name for name in rule.columns if name not in known]
    if unknown:
        raise _fail(contract.extract, f"la regola «{rule.id}» usa la colonna sconosciuta «{unknown[0]}»")
    of_parent = set(re.findall(r"\bparent\.(\w+)", rule.invalid_when))
    if rule.parent is None:
        if of_parent:
            raise _fail(
                contract.extract, f"la regola «{rule.id}» usa «parent» senza dire di quale riferimento"
            )
        return
    target = contract.column(rule.parent).reference if rule.parent in known else None
    if target is None:
        raise _fail(
            contract.extract, f"la regola «{rule.id}» rimanda a «{rule.parent}», che non è un riferimento"
        )
    missing = of_parent - {column.name for column in contracts[target.extract].columns}
    if missing:
        raise _fail(
            contract.extract,
            f"la regola «{rule.id}» usa la colonna «{min(missing)}», che «{target.extract}» non ha",
        )
