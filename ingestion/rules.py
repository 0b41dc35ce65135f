"""The catalogue of one extract: every rule that a delivered row is checked against, with its Italian message.

Made from the contract. Each rule owns one bit of the row's masks; a row with no bit set is accepted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from ingestion import rule_texts
from ingestion.conversion import conversion
from ingestion.rule_texts import FLAW_FOUND, Texts
from osservatorio.contracts import Column, Contract

__all__ = ["FLAW_FOUND", "Rule", "Stage", "catalogue", "parent_columns", "parent_name"]

BITS = 64
BODY = "codice_ente"
SENDER = "sender"  # in the SQL of a rule: the body whose file it is, null when the file may hold any body's records

# structure: the row cannot be cut; missing, failed, typed: of one column (its text is empty, is no value, is a value
# that the rule looks at); reference: the parent has not arrived; row: over several columns.
Stage = Literal["structure", "missing", "failed", "typed", "reference", "row"]


@dataclass(frozen=True)
class Rule:
    """A rule. `condition` is SQL, true when the row is bad (None for the last of the failed ones: all the rest).

    The message of its texts may hold `{<column>}` for each column `shown` (never a secret one), replaced by its
    delivered text; a structural rule's may hold `{trovato}`. `columns` are those that the rule looks at.
    """

    id: str
    column: str | None
    stage: Stage
    condition: str | None
    texts: Texts
    shown: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    bit: int = -1

    @property
    def message(self) -> str:
        """The message of an error (Italian), with the places of what was found."""
        return self.texts.message

    @property
    def word(self) -> int:
        """Which mask holds the bit."""
        return self.bit // BITS

    @property
    def value(self) -> int:
        """The bit's value in its mask."""
        return 1 << (self.bit % BITS)


@lru_cache(maxsize=64)
def catalogue(contract: Contract) -> tuple[Rule, ...]:
    """All rules of an extract, in the order of their bits."""
    rules = [*_structure(), *(rule for column in contract.columns for rule in _column_rules(column))]
    rules += _row_rules(contract)
    return tuple(replace(rule, bit=bit) for bit, rule in enumerate(rules))


def parent_name(column: str) -> str:
    """The SQL name of the parent record that a reference column leads to."""
    return f"parent_{column}"


def parent_columns(contract: Contract, column: str) -> list[str]:
    """The columns of the parent record, reached through a reference column, that row rules look at."""
    names = [
        re.findall(r"\bparent\.(\w+)", rule.invalid_when) for rule in contract.rules if rule.parent == column
    ]
    return sorted({name for found_names in names for name in found_names})


def _structure() -> Iterator[Rule]:
    for flaw, texts in rule_texts.STRUCTURE.items():
        yield Rule(flaw, None, "structure", None, texts)


def _column_rules(column: Column) -> Iterator[Rule]:
    shown = () if column.secret else (column.name,)

    def rule(check: str, stage: Stage, condition: str | None, texts: Texts) -> Rule:
        return Rule(f"{column.name}.{check}", column.name, stage, condition, texts, shown, (column.name,))

    if column.required:
        yield rule("obbligatorio", "missing", None, rule_texts.missing(column))
    failures = (("formato", None),) if column.secret else conversion(column).failures
    for check, condition in failures:
        yield rule(check, "failed", condition, rule_texts.failed(column, check))
    if column.minimum is not None or column.maximum is not None:
        yield rule("intervallo", "typed", _out_of_range(column), rule_texts.out_of_range(column))
    if column.name == BODY:
        yield rule("altro_ente", "typed", f"{BODY} <> {SENDER}", rule_texts.other_body(column))
    if column.reference:
        known = f"{parent_name(column.name)} is null"
        condition = f"{known} and codice_ente is not null" if column.reference.same_body else known
        yield rule("riferimento", "reference", condition, rule_texts.unknown_parent(column))


def _out_of_range(column: Column) -> str:
    bounds = []
    if column.minimum is not None:
        bounds.append(f"{column.name} {'<=' if column.exclusive_minimum else '<'} {column.minimum}")
    if column.maximum is not None:
        bounds.append(f"{column.name} > {column.maximum}")
    return " or ".join(bounds)


def _row_rules(contract: Contract) -> Iterator[Rule]:
    for rule in contract.rules:
        condition = rule.invalid_when
        if rule.parent:
            condition = re.sub(r"\bparent\.", f"{parent_name(rule.parent)}.", condition)
        shown = tuple(name for name in rule.columns if not contract.column(name).secret)
        texts = rule_texts.row(contract, rule, shown)
        yield Rule(rule.id, rule.column, "row", condition, texts, shown, rule.columns)
