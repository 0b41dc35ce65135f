"""One pass of SQL over a batch: typed values, pseudonyms, references, and the masks of the rules that a row breaks."""

from collections.abc import Callable, Sequence

from ingestion.conversion import conversion, text_of
from ingestion.pseudonyms import pseudonyms_query
from ingestion.rules import SENDER, Rule, catalogue, parent_name
from osservatorio.contracts import Column, Contract

FILES = "files"  # the deliveries of a batch: number, delivery_id, name, load_seq
DELIVERED = "delivered"  # rows as read: row_no, file_no, source_row, flaw, flaw_found, a text per column
TEXTS = "texts"  # texts to convert, side by side and otherwise unrelated: place, a text per column
TYPED = "typed"  # rows as read, with typed columns, the masks of their single values, sender, orphan
CHECKED = "checked"  # rows found broken, or all those checked again: row_no, file_no, source_row, masks
ENTRIES = (
    "entries"  # what is wrong with rows of `checked`: row_no, file_no, source_row, rule_no, rule and message
)
CODE_VALUES = "code_values"
ORPHAN = "orphan"  # whether some reference of the row leads to no parent


def mask_names(contract: Contract) -> list[str]:
    """The mask columns of a checked row, as many as the rules of its extract need."""
    return [f"mask_{word}" for word in range(catalogue(contract)[-1].word + 1)]


def is_accepted(contract: Contract) -> str:
    """SQL: the row breaks no rule."""
    return f"({' and '.join(f'{mask} = 0' for mask in mask_names(contract))})"


def is_waiting(contract: Contract) -> str:
    """SQL: the row breaks rules, all of them for want of a parent that may still arrive."""
    others = [
        f"{mask} & ~{_bits(catalogue(contract), word, ('reference',))}::ubigint = 0"
        for word, mask in enumerate(mask_names(contract))
    ]
    return f"(not ({is_accepted(contract)}) and {' and '.join(others)})"


def _bits(rules: Sequence[Rule], word: int, stages: Sequence[str]) -> int:
    return sum(rule.value for rule in rules if rule.word == word and rule.stage in stages)


def bits_name(column: str, word: int) -> str:
    """The column of `values_query` with the bits of the rules that a single value breaks."""
    return f"{column}__bits_{word}"


def values_query(contract: Contract, links: int) -> str:
    """SQL: the value of each of the `texts`, and the bits of the rules that it breaks by itself, in their order.

    `links` is the number of the key's secrets. Parameters: their `pads`, where a column is secret.
    """
    secret = [column for column in contract.columns if column.secret]
    pseudonyms = "".join(
        f'"pseudonym_{column.name}" as materialized ({pseudonyms_query(column, TEXTS, links)}),'
        for column in secret
    )
    typed = ", ".join(f"{_typed(column)} as {column.name}" for column in contract.columns)
    bits = [
        f"({own})::ubigint as {bits_name(column.name, word)}"
        for column in contract.columns
        for word in range(len(mask_names(contract)))
        if (own := _own_bits(column, contract, word))
    ]
    return f"""
        with {pseudonyms}
        converted as (select {TEXTS}.*, {typed} from {TEXTS} {_lookups(contract)})
        select place, {", ".join((*(column.name for column in contract.columns), *bits))}
        from converted
        order by place"""


def broken_query(contract: Contract) -> str:
    """SQL of `checked`: the rows of `typed` that break some rule. Parameter: `loading_date`.

    Masks are made for the few rows of which a plain look at the rules leaves a suspicion. Where no rule of the extract
    looks into a parent, only they are joined with parents.
    """
    rules = catalogue(contract)
    suspects = [
        "flaw is not null",
        ORPHAN,
        *(f"{mask} <> 0" for mask in mask_names(contract)),
        *(f"({rule.condition})" for rule in rules if rule.stage == "row"),
        *(
            f"({rule.column} is not null and ({rule.condition}))"
            for rule in rules
            if _is_related(rule) and rule.stage != "reference"
        ),
    ]
    masks = _masks_query(contract, TYPED, mask_names(contract), which=" or ".join(suspects))
    return f"{masks} where not {is_accepted(contract)}"


def rechecked_query(contract: Contract) -> str:
    """SQL of `checked` for all the rows of `delivered`, which has their typed values too. Parameter: `loading_date`."""
    own = [
        " | ".join(filter(None, (_own_bits(column, contract, word) for column in contract.columns)))
        or "0::ubigint"
        for word in range(len(mask_names(contract)))
    ]
    return _masks_query(contract, DELIVERED, own, names=[column.name for column in contract.columns])


def _masks_query(
    contract: Contract, rows: str, own: Sequence[str], *, which: str = "true", names: Sequence[str] = ()
) -> str:
    """The masks of such rows whose columns are typed; `own` is SQL, by word, of the bits of their single values."""
    by_column = ", ".join(
        f"({bits} | {_related_bits(contract, word)})::ubigint as column_mask_{word}"
        for word, bits in enumerate(own)
    )
    whole = ", ".join(
        f"{_whole_mask(contract, word)} as {mask}" for word, mask in enumerate(mask_names(contract))
    )
    return f"""
        with related as (
            select {rows}.*{_parent_columns(contract)}
            from {rows}
            {_parents(contract, rows)}
        ),
        by_column as (
            select *, {by_column} from related where {which}
        )
        select * from (select {", ".join(("row_no", "file_no", "source_row", *names))}, {whole} from by_column)"""


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


def _parents(contract: Contract, rows: str) -> str:
    joins = []
    for column in contract.references:
        table = f'"{parent_name(column.name)}"'
        body = f" and {table}.codice_ente = {rows}.codice_ente" if column.reference.same_body else ""
        joins.append(f"left join {table} on {table}.key = {rows}.{column.name}{body}")
    return "\n".join(joins)


def _parent_columns(contract: Contract) -> str:
    names = [parent_name(column.name) for column in contract.references]
    return "".join(f', "{name}".record as {name}' for name in names)


def _own_bits(column: Column, contract: Contract, word: int) -> str:
    """Bits of the rules of one value, that is not there, is no value, or is one; empty when there are none."""
    own = [rule for rule in catalogue(contract) if rule.column == column.name and not _is_related(rule)]
    failed = [rule for rule in own if rule.stage == "failed"]
    missing, typed = (
        [rule for rule in own if rule.word == word and rule.stage == stage] for stage in ("missing", "typed")
    )
    if not (missing or typed or any(rule.word == word for rule in failed)):
        return ""
    return f"""case
        when {column.name} is not null then {_sum(typed, lambda rule: rule.condition)}
        when {text_of(column.name)} is not null then {_first(failed, word)}
        else {_sum(missing, lambda _: None)}
    end"""


def _is_related(rule: Rule) -> bool:
    """Whether a rule of one column looks at more than its value: at a parent, or at whose file it is."""
    return rule.stage == "reference" or (rule.stage == "typed" and SENDER in (rule.condition or ""))


def _related_bits(contract: Contract, word: int) -> str:
    related = [rule for rule in catalogue(contract) if rule.word == word and _is_related(rule)]
    return f"({_sum(related, lambda rule: f'{rule.column} is not null and ({rule.condition})')})"


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
