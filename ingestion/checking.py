"""One pass of SQL over a batch: typed values, pseudonyms, references, and the masks of the rules that a row breaks."""

from collections.abc import Callable, Sequence

from ingestion.conversion import conversion, text_of
from ingestion.pseudonyms import pseudonyms_query
from ingestion.rules import Rule, catalogue, parent_name
from osservatorio.contracts import Column, Contract

DELIVERED = "delivered"  # the batch as read: row_no, file_no, source_row, flaw, flaw_found, a text per column
CHECKED = "checked"  # the same rows: row_no, file_no, source_row, typed columns, masks
CODE_VALUES = "code_values"


def mask_names(contract: Contract) -> list[str]:
    """The mask columns of a checked row, as many as the rules of its extract need."""
    return [f"mask_{word}" for word in range(catalogue(contract)[-1].word + 1)]


def is_accepted(contract: Contract) -> str:
    """SQL: the row breaks no rule."""
    return " and ".join(f"{mask} = 0" for mask in mask_names(contract))


def is_waiting(contract: Contract) -> str:
    """SQL: the row breaks rules, all of them for want of a parent that may still arrive."""
    others = [
        f"{mask} & ~{_bits(catalogue(contract), word, ('reference',))}::ubigint = 0"
        for word, mask in enumerate(mask_names(contract))
    ]
    return f"not ({is_accepted(contract)}) and {' and '.join(others)}"


def _bits(rules: Sequence[Rule], word: int, stages: Sequence[str]) -> int:
    return sum(rule.value for rule in rules if rule.word == word and rule.stage in stages)


def checked_query(contract: Contract) -> str:
    """SQL of `checked`, from `delivered` and the tables of codes and parents.

    Parameters: `inner_pad` and `outer_pad` where a column is secret, `loading_date`.
    """
    columns = contract.columns
    secret = [column for column in columns if column.secret]
    typed = ", ".join(f"{_typed(column)} as {column.name}" for column in columns)
    names = ", ".join(column.name for column in columns)
    pseudonyms = "".join(
        f'"pseudonym_{column.name}" as materialized ({pseudonyms_query(column, DELIVERED)}),'
        for column in secret
    )
    masks = mask_names(contract)
    by_column = ", ".join(
        f"{_column_mask(contract, word)} as column_{mask}" for word, mask in enumerate(masks)
    )
    whole = ", ".join(f"{_whole_mask(contract, word)} as {mask}" for word, mask in enumerate(masks))
    return f"""
        with {pseudonyms}
        converted as (
            select {DELIVERED}.*, {typed} from {DELIVERED} {_lookups(contract)}
        ),
        related as (
            select converted.*{_parent_columns(contract)} from converted {_parents(contract)}
        ),
        by_column as (
            select *, {by_column} from related
        )
        select row_no, file_no, source_row, {names}, {whole} from by_column"""


def _typed(column: Column) -> str:
    return f'"pseudonym_{column.name}".pseudonym' if column.secret else conversion(column).value


def _lookups(contract: Contract) -> str:
    joins = []
    for column in contract.columns:
        text = text_of(column.name)
        if column.secret:
            name = f'"pseudonym_{column.name}"'
            joins.append(f"left join {name} on {name}.delivered_text = {text}")
        elif column.kind == "codes":
            codes = f"select list(key) as keys, list(code) as codes from {CODE_VALUES}"
            joins.append(
                f"cross join ({codes} where code_list = '{column.code_list}') as \"codes_{column.name}\""
            )
        elif lookup := conversion(column).lookup:
            values = f"(select key, code from {CODE_VALUES} where code_list = '{lookup}') as \"code_{column.name}\""
            joins.append(f'left join {values} on "code_{column.name}".key = lower({text})')
    return "\n".join(joins)


def _parents(contract: Contract) -> str:
    joins = []
    for column in contract.references:
        table = f'"{parent_name(column.name)}"'
        body = f" and {table}.codice_ente = converted.codice_ente" if column.reference.same_body else ""
        joins.append(f"left join {table} on {table}.key = converted.{column.name}{body}")
    return "\n".join(joins)


def _parent_columns(contract: Contract) -> str:
    names = [parent_name(column.name) for column in contract.references]
    return "".join(f', "{name}".record as {name}' for name in names)


def _column_mask(contract: Contract, word: int) -> str:
    """Bits of the rules of single columns: of a value that is not there, that is no value, or that is one."""
    rules = [rule for rule in catalogue(contract) if rule.word == word]
    parts = []
    for column in contract.columns:
        own = [rule for rule in rules if rule.column == column.name]
        missing = [rule for rule in own if rule.stage == "missing"]
        failed = [
            rule for rule in catalogue(contract) if rule.column == column.name and rule.stage == "failed"
        ]
        typed = [rule for rule in own if rule.stage in ("typed", "reference")]
        branches = [
            f"when {column.name} is not null then {_sum(typed, lambda rule: rule.condition)}",
            f"when {text_of(column.name)} is not null then {_first(failed, word)}",
            f"else {_sum(missing, lambda _: None)}",
        ]
        if own:
            parts.append(f"case {' '.join(branches)} end")
    return f"({' | '.join(parts) or '0'})::ubigint"


def _sum(rules: Sequence[Rule], condition: Callable[[Rule], str | None]) -> str:
    bits = [
        f"case when {condition(rule)} then {rule.value}::ubigint else 0::ubigint end"
        if condition(rule)
        else f"{rule.value}::ubigint"
        for rule in rules
    ]
    return " | ".join(bits) or "0::ubigint"


def _first(failed: Sequence[Rule], word: int) -> str:
    """The bit of the first failure that holds; each failure is of one word, the others add nothing there."""
    branches = [
        f"when {rule.condition or 'true'} then {rule.value if rule.word == word else 0}::ubigint"
        for rule in failed
    ]
    return f"case {' '.join(branches)} else 0::ubigint end"


def _whole_mask(contract: Contract, word: int) -> str:
    """The bits of a row: of its structure alone when that is broken, else of its columns and of the row rules.

    A row rule is silent when one of its columns already breaks a rule of its own.
    """
    rules = catalogue(contract)
    structure = " ".join(
        f"when '{rule.id}' then {rule.value if rule.word == word else 0}::ubigint"
        for rule in rules
        if rule.stage == "structure"
    )
    row = [rule for rule in rules if rule.stage == "row" and rule.word == word]
    bits = " | ".join((f"column_mask_{word}", f"({_sum(row, lambda rule: _row_condition(rule, rules))})"))
    return f"case when flaw is null then {bits} else case flaw {structure} else 0::ubigint end end"


def _row_condition(rule: Rule, rules: Sequence[Rule]) -> str:
    own = ("missing", "failed", "typed")
    spoiling = [other for other in rules if other.column in rule.columns]
    spoilt = {word: _bits(spoiling, word, own) for word in {other.word for other in spoiling}}
    sound = [f"column_mask_{word} & {bits}::ubigint = 0" for word, bits in sorted(spoilt.items()) if bits]
    return " and ".join((*sound, f"({rule.condition})"))
