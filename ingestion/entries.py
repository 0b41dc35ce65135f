"""Entries of the quarantine: one for each rule that a row breaks, with its message and what was found.

Values are shown on one line, cut short, without any codice fiscale; those of secret columns never.
"""

import re

import pyarrow as pa

from ingestion.checking import FILES, is_waiting, mask_names
from ingestion.closing import OPEN, WAITING
from ingestion.conversion import PERSON_LENGTH, text_of
from ingestion.refusal import FISCAL_CODE_IN_TEXT, MASKED, MAX_SHOWN
from ingestion.rules import FLAW_FOUND, Rule, catalogue
from osservatorio.contracts import Contract

RULES = "rules"
MAX_KEPT = 500  # characters kept of a value set aside: as many as the longest text of a contract

_CONTROL = r"[\x00-\x1f\x7f]+"
_PLACE = re.compile(r"\{(\w+)\}")


def rules_table(contract: Contract) -> pa.Table:
    """The catalogue as a table to join masks with."""
    rules = catalogue(contract)
    return pa.table(
        {
            "rule_id": [rule.id for rule in rules],
            "column_name": pa.array([rule.column for rule in rules], pa.string()),
            "number": pa.array([rule.bit for rule in rules], pa.int32()),
            "word": pa.array([rule.word for rule in rules], pa.int32()),
            "bit": pa.array([rule.value for rule in rules], pa.uint64()),
        }
    )


def entries_query(contract: Contract, rows: str, which: str) -> str:
    """SQL that writes the entries of those `rows` of which a condition holds, from `rules` and `files`.

    `rows` is SQL of rows of `checked` with their delivered texts, `flaw` and `flaw_found`. Parameters: `first` and
    `last` row number, `loaded_at`.
    """
    open_columns = [column.name for column in contract.columns if not column.secret]
    masks = mask_names(contract)
    mask_of_rule = " ".join(f"when {word} then {mask}" for word, mask in enumerate(masks))
    kept = ", ".join(f"{_kept(text_of(name))} as {_kept_name(name)}" for name in open_columns)
    members = ", ".join(f"""'"{name}":' || to_json({_kept_name(name)})::varchar""" for name in open_columns)
    rules = catalogue(contract)
    messages = " ".join(f"when {rule.bit} then {_message(rule)}" for rule in rules)
    finds = " ".join(f"when {rule.bit} then {_found(rule)}" for rule in rules if rule.shown)
    return f"""
        insert into quarantine.rows
        with kept as (
            select row_no, file_no, source_row, {", ".join(masks)}, flaw, coalesce(flaw_found, '') as flaw_found,
                case when {is_waiting(contract)} then '{WAITING}' else '{OPEN}' end as state, {kept}
            from {rows}
            where row_no between $first and $last and {which}
        ),
        shown as (
            select *, case when flaw is null then '{{' || concat_ws(',', {members}) || '}}' end as row_values from kept
        )
        select files.delivery_id, '{contract.extract}', files.name, source_row, rules.column_name, rules.rule_id,
            case rules.number {messages} end,
            coalesce(nullif(case rules.number {finds} end, ''), nullif(flaw_found, '')),
            row_values, files.load_seq, $loaded_at, state, null, null
        from shown
        join {RULES} as rules on (case rules.word {mask_of_rule} end) & rules.bit <> 0
        join {FILES} as files on files.number = file_no
        order by row_no, rules.number"""


def _kept_name(column: str) -> str:
    return f'"{column}__kept"'


def _kept(text: str) -> str:
    """A delivered text as the quarantine may keep it."""
    masked = f"regexp_replace({text}, '{FISCAL_CODE_IN_TEXT}', '{MASKED}', 'gi')"
    return f"case when strlen({text}) < {PERSON_LENGTH} then {text} else left({masked}, {MAX_KEPT}) end"


def _shown(column: str) -> str:
    """A kept text as a message shows it."""
    line = f"trim(regexp_replace({_kept_name(column)}, '{_CONTROL}', ' ', 'g'))"
    return f"""coalesce(
        case when length({line}) > {MAX_SHOWN} then left({line}, {MAX_SHOWN - 1}) || '…' else {line} end, 'vuoto')"""


def _message(rule: Rule) -> str:
    """SQL of a rule's message, its places filled in."""
    parts = []
    for place, text in enumerate(_PLACE.split(rule.message)):
        if place % 2 == 0:
            parts.append("'" + text.replace("'", "''") + "'")
        elif f"{{{text}}}" == FLAW_FOUND:
            parts.append("flaw_found")
        elif text in rule.shown:
            parts.append(_shown(text))
        else:
            parts.append(f"'{{{text}}}'")
    return " || ".join(parts)


def _found(rule: Rule) -> str:
    return " || '; ' || ".join(_shown(name) for name in rule.shown)
