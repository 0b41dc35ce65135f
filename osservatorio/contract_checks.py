"""Are the contracts consistent: does every name in them point somewhere?"""

import re

from osservatorio import reference
from osservatorio.contract_model import Column, Contract, RowRule
from osservatorio.errors import UserError


class ContractError(UserError):
    """A contract file is missing, unreadable or inconsistent."""


def contract_error(extract: str, problem: str) -> ContractError:
    """The error to raise about the contract of an extract; `problem` is an Italian clause."""
    return ContractError(
        f"Il contratto «{extract}.odcs.yaml» non è coerente: {problem}. Correggere il file del contratto."
    )


def parents_first(contracts: dict[str, Contract]) -> dict[str, Contract]:
    """The same contracts, each after those that it refers to, otherwise in the order given."""
    placed: dict[str, Contract] = {}

    def place(extract: str, path: tuple[str, ...]) -> None:
        if extract in placed:
            return
        if extract in path:
            raise contract_error(extract, f"i riferimenti fanno un giro ({' → '.join((*path, extract))})")
        for column in contracts[extract].references:
            parent = column.reference.extract if column.reference else ""
            if parent not in contracts:
                raise contract_error(
                    extract, f"la colonna «{column.name}» rimanda all'estratto sconosciuto «{parent}»"
                )
            place(parent, (*path, extract))
        placed[extract] = contracts[extract]

    for extract in contracts:
        place(extract, ())
    return placed


def check_contract(contract: Contract, contracts: dict[str, Contract]) -> None:
    """Raise ContractError when names in the contract point nowhere or contradict one another."""
    extract = contract.extract
    names = [column.name for column in contract.columns]
    if len(set(names)) < len(names):
        raise contract_error(extract, "una colonna è descritta due volte")
    if len({rule.id for rule in contract.rules}) < len(contract.rules):
        raise contract_error(extract, "due regole hanno lo stesso nome")
    if not contract.key:
        raise contract_error(extract, "manca la chiave")
    for column in contract.columns:
        _check_column(extract, column, contracts)
    for rule in contract.rules:
        _check_rule(contract, rule, contracts)


def _check_column(extract: str, column: Column, contracts: dict[str, Contract]) -> None:
    if column.code_list and column.code_list not in reference.code_list_names():
        raise contract_error(
            extract, f"la colonna «{column.name}» usa l'elenco sconosciuto «{column.code_list}»"
        )
    if column.kind in ("code", "codes") and not column.code_list:
        raise contract_error(extract, f"la colonna «{column.name}» è un codice senza elenco dei valori")
    target = column.reference
    if target is None:
        return
    parent = contracts[target.extract]
    if target.column not in parent.key:
        raise contract_error(
            extract,
            f"la colonna «{column.name}» rimanda a «{target.column}», che non è nella chiave di «{target.extract}»",
        )
    if parent.column(target.column).secret != column.secret:
        raise contract_error(
            extract,
            f"la colonna «{column.name}» è riservata in un solo estratto tra questo e «{target.extract}»",
        )


def _check_rule(contract: Contract, rule: RowRule, contracts: dict[str, Contract]) -> None:
    known = {column.name for column in contract.columns}
    unknown = [name for name in rule.columns if name not in known]
    if unknown:
        raise contract_error(
            contract.extract, f"la regola «{rule.id}» usa la colonna sconosciuta «{unknown[0]}»"
        )
    of_parent = set(re.findall(r"\bparent\.(\w+)", rule.invalid_when))
    if rule.parent is None:
        if of_parent:
            raise contract_error(
                contract.extract, f"la regola «{rule.id}» usa «parent» senza dire di quale riferimento"
            )
        return
    target = contract.column(rule.parent).reference if rule.parent in known else None
    if target is None:
        raise contract_error(
            contract.extract, f"la regola «{rule.id}» rimanda a «{rule.parent}», che non è un riferimento"
        )
    missing = of_parent - {column.name for column in contracts[target.extract].columns}
    if missing:
        raise contract_error(
            contract.extract,
            f"la regola «{rule.id}» usa la colonna «{min(missing)}», che «{target.extract}» non ha",
        )
