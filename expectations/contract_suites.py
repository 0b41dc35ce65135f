"""A suite per extract, built from its contract: what was accepted satisfies what the contract declares.

It is an independent check of the converter: each expectation comes from the contract's facts, none from
ingestion's SQL. It looks at every accepted version of every record, not at current versions alone.
"""

import re
from collections.abc import Iterator

from great_expectations.expectations.expectation import Expectation

from expectations import vocabulary
from expectations.checks import Check, Severity
from expectations.sql import LANDING_SCHEMA, literals, unexpected_rows_query
from osservatorio import reference
from osservatorio.contracts import Column, Contract, RowRule, load_contracts

LOADING_DATE = "$loading_date"  # bound by whoever runs a rule: here the row knows its day
PSEUDONYM = "[0-9a-f]{64}"
DEFECT = (
    "Le righe accettate rispettano sempre il contratto: non è un errore della consegna, ma del programma o "
    "dell'archivio. Non modificare l'archivio e segnala il nome di questo controllo a chi cura il programma."
)
ORDER = re.compile(r"(\w+) (<|<=|>|>=) (\w+)")


def contract_checks(contract: Contract) -> list[Check]:
    """The checks of one extract, in the order of its columns, then its rules."""
    checks: list[Check] = []
    for column in contract.columns:
        checks.extend(_column_checks(contract, column))
    checks.extend(_rule_check(contract, rule) for rule in contract.rules)
    return checks


def _column_checks(contract: Contract, column: Column) -> Iterator[Check]:
    name = column.name
    if column.required or name in contract.key:
        yield _check(
            contract,
            f"{name}.presente",
            f"«{column.label}» è sempre presente",
            f"ci sono righe accettate senza «{column.label}», che è obbligatorio.",
            vocabulary.ColumnIsPresent(column=name),
        )
    if column.code_list:
        yield _code_check(contract, column)
    if column.minimum is not None or column.maximum is not None:
        yield _range_check(contract, column)
    if column.max_length is not None and column.kind == "text":
        yield _check(
            contract,
            f"{name}.lunghezza",
            f"«{column.label}» non supera {column.max_length} caratteri",
            f"ci sono testi di «{column.label}» più lunghi di {column.max_length} caratteri.",
            vocabulary.TextIsShort(column=name, max_value=column.max_length),
            Severity.WARNING,
        )
    yield from _shape_checks(contract, column)
    if column.reference:
        yield _reference_check(contract, column)


def _code_check(contract: Contract, column: Column) -> Check:
    assert column.code_list
    codes = list(reference.code_list(column.code_list))
    expectation: Expectation
    if column.kind == "codes":  # several codes in one text
        expectation = _no_rows(
            f"where not list_has_all([{literals(codes)}], string_split({column.name}, '|'))",
        )
    else:
        expectation = vocabulary.CodeIsListed(column=column.name, value_set=codes)
    return _check(
        contract,
        f"{column.name}.in_elenco",
        f"«{column.label}» è un codice dell'elenco",
        f"ci sono righe accettate con un codice di «{column.label}» che non è in elenco.",
        expectation,
    )


def _range_check(contract: Contract, column: Column) -> Check:
    bounds = {
        "min_value": None if column.minimum is None else float(column.minimum),
        "max_value": None if column.maximum is None else float(column.maximum),
        "strict_min": column.exclusive_minimum,
    }
    return _check(
        contract,
        f"{column.name}.nei_limiti",
        f"«{column.label}» è entro i limiti",
        f"ci sono righe accettate con «{column.label}» fuori dai limiti ammessi.",
        vocabulary.NumberIsWithin(column=column.name, **bounds),
    )


def _shape_checks(contract: Contract, column: Column) -> Iterator[Check]:
    name = column.name
    if column.secret:
        yield _check(
            contract,
            f"{name}.pseudonimo",
            f"«{column.label}» è conservato solo come pseudonimo",
            f"la colonna riservata «{column.label}» contiene valori che non sono pseudonimi.",
            _no_rows(f"where not regexp_full_match({name}, '{PSEUDONYM}')"),
        )
    elif column.kind == "month":
        yield _check(
            contract,
            f"{name}.primo_del_mese",
            f"«{column.label}» è il primo giorno del mese",
            f"ci sono mesi in «{column.label}» che non cadono nel primo giorno.",
            _no_rows(f"where day({name}) <> 1"),
        )
    elif column.pattern and not column.code_list:
        yield _check(
            contract,
            f"{name}.forma",
            f"«{column.label}» ha la forma attesa",
            f"ci sono righe accettate con «{column.label}» scritto in una forma non ammessa.",
            _no_rows(f"where not regexp_matches({name}, {literals([column.pattern])})"),
            Severity.WARNING,
        )


def _join_condition(column: Column) -> str:
    """How a row of `child` meets the records of `parent` that it refers to."""
    target = column.reference
    assert target
    same_body = "parent.codice_ente = child.codice_ente and " if target.same_body else ""
    return f"{same_body}parent.{target.column} = child.{column.name}"


def _reference_check(contract: Contract, column: Column) -> Check:
    target = column.reference
    assert target
    parent = load_contracts()[target.extract].title
    return _check(
        contract,
        f"{column.name}.riferimento",
        f"«{column.label}» esiste tra i record di «{parent}»",
        f"ci sono righe accettate che rimandano a un record di «{parent}» mai accettato.",
        _no_rows(
            f"child anti join {LANDING_SCHEMA}.{target.extract} parent on {_join_condition(column)} "
            f"where child.{column.name} is not null",
        ),
    )


def _rule_check(contract: Contract, rule: RowRule) -> Check:
    condition = rule.invalid_when.replace(LOADING_DATE, "cast(loaded_at as date)")
    names = {column.name for column in contract.columns}
    order = ORDER.fullmatch(condition)
    expectation: Expectation
    if rule.parent:
        expectation = _parent_rule(contract.column(rule.parent), rule, condition)
    elif order and {order[1], order[3]} <= names:
        expectation = _ordered_pair(order[1], order[2], order[3])
    else:
        expectation = _no_rows(f"where {condition}")
    return _check(
        contract,
        rule.id,
        f"Regola: {rule.id.replace('_', ' ')}",
        f"ci sono righe accettate che non rispettano una regola. {rule.message.partition(': ')[0].rstrip('.')}.",
        expectation,
    )


def _ordered_pair(left: str, operator: str, right: str) -> Expectation:
    """`left operator right` is what makes a row bad, so its contrary must hold; a missing side is fine."""
    greater, smaller = (left, right) if operator.startswith("<") else (right, left)
    return vocabulary.PairIsOrdered(
        column_A=greater,
        column_B=smaller,
        or_equal="=" not in operator,
        ignore_row_if="either_value_is_missing",
    )


def _parent_rule(column: Column, rule: RowRule, condition: str) -> Expectation:
    """A rule over a row and its parent: bad when it breaks against every version of the parent.

    A later version of the parent may well contradict a row that was right when it was accepted.
    """
    own = re.compile(rf"(?<![\w.'])({'|'.join(map(re.escape, rule.columns))})(?![\w'])")
    qualified = own.sub(r"child.\1", condition)
    assert column.reference
    return _no_rows(
        f"child join {LANDING_SCHEMA}.{column.reference.extract} parent on {_join_condition(column)} "
        "group by child.delivery_id, child.source_row "
        f"having bool_and(coalesce({qualified}, false))"
    )


def _no_rows(rest: str) -> Expectation:
    """No row of the extract meets the condition. The query returns no value of any row."""
    return vocabulary.NoRows(
        unexpected_rows_query=unexpected_rows_query(f"select 1 as riga from {{batch}} {rest}"),
    )


def _check(
    contract: Contract,
    name: str,
    title: str,
    problem: str,
    expectation: Expectation,
    severity: Severity = Severity.CRITICAL,
) -> Check:
    return Check(
        id=f"{contract.extract}.{name}",
        suite=contract.extract,
        severity=severity,
        title=title,
        message=f"Nell'estratto «{contract.title}» {problem}",
        what_to_do=DEFECT,
        expectation=expectation,
        extract=contract.extract,
    )
