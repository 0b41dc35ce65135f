"""Entries of the quarantine: one for each rule that a row breaks, with its message and what was found.

Values are shown on one line, cut short, without any codice fiscale; those of secret columns never.
"""

import re
from collections.abc import Sequence

import pyarrow as pa

from ingestion.checking import ENTRIES, FILES, is_waiting, mask_names
from ingestion.closing import OPEN, WAITING
from ingestion.conversion import PERSON_LENGTH, text_of
from ingestion.refusal import INVISIBLE, INVISIBLE_SHOWN, MAX_SHOWN
from ingestion.rules import FLAW_FOUND, Rule, catalogue
from osservatorio.contracts import Contract
from osservatorio.fiscal_code import FISCAL_CODE_IN_TEXT, MASKED

RULES = "rules"
MAX_KEPT = 500  # characters kept of a value set aside: as many as the longest text of a contract

_CONTROL = "[\x01-\x1f\x7f-\x9f\u2028\u2029]+"
_PLACE = re.compile(r"\{(\w+)\}")


def rules_table(contract: Contract) -> pa.Table:
    """The catalogue as a table to join masks with."""
    rules = catalogue(contract)
    return pa.table(
        {
            "rule_id": [rule.id for rule in rules],
            "column_name": pa.array([rule.column for rule in rules], pa.string()),
            "rule_no": pa.array([rule.bit for rule in rules], pa.int32()),
            "word": pa.array([rule.word for rule in rules], pa.int32()),
            "bit": pa.array([rule.value for rule in rules], pa.uint64()),
        }
    )


def entries_query(contract: Contract, rows: str, which: str = "true") -> str:
    """SQL of `entries`: what is wrong with those `rows` of which a condition holds, from `rules`.

    `rows` is SQL of rows of `checked` with their delivered texts, `flaw` and `flaw_found`.
    """
    open_columns = [column.name for column in contract.columns if not column.secret]
    masks = mask_names(contract)
    mask_of_rule = " ".join(f"when {word} then {mask}" for word, mask in enumerate(masks))
    kept = ", ".join(f"{_kept(text_of(name))} as {_kept_name(name)}" for name in open_columns)
    members = ", ".join(f"""'"{name}":' || to_json({_kept_name(name)})::varchar""" for name in open_columns)
    rules = catalogue(contract)
    messages = " ".join(f"when {rule.bit} then {_message(rule)}" for rule in rules)
    lines = "".join(f", {_line(name, rules)} as {_line_name(name)}" for name in open_columns)
    words = "".join(f", {_shown(name)} as {_shown_name(name)}" for name in open_columns)
    finds = " ".join(f"when {rule.bit} then {_found(rule)}" for rule in rules if rule.shown)
    return f"""
        with kept as (
            select row_no, file_no, source_row, {", ".join(masks)}, flaw, coalesce(flaw_found, '') as flaw_found,
                case when {is_waiting(contract)} then '{WAITING}' else '{OPEN}' end as state, {kept}
            from {rows}
            where {which}
        ),
        shown as (
            select *, case when flaw is null then '{{' || concat_ws(',', {members}) || '}}' end as row_values from kept
        ),
        broken as (
            select shown.*, rule_no, column_name, rule_id
            from shown
            join {RULES} as rules on (case rules.word {mask_of_rule} end) & rules.bit <> 0
        ),
        lined as (select *{lines} from broken),
        worded as (select *{words} from lined)
        select row_no, file_no, source_row, rule_no, column_name, rule_id,
            case rule_no {messages} end as message,
            coalesce(nullif(case rule_no {finds} end, ''), nullif(flaw_found, '')) as found,
            row_values, state
        from worded"""


def entries_insert(contract: Contract, entries: str = ENTRIES) -> str:
    """SQL that writes `entries` of rows of `files`. Parameter: `loaded_at`."""
    return f"""
        insert into quarantine.rows
        select delivery_id, '{contract.extract}', name, source_row, column_name, rule_id, message, found, row_values,
            load_seq, $loaded_at::timestamp, state, null, null
        from {entries} as entries
        join {FILES} as files on files.number = file_no
        order by row_no, rule_no"""


def _kept_name(column: str) -> str:
    return f'"{column}__kept"'


def _kept(text: str) -> str:
    """A delivered text as the quarantine may keep it."""
    masked = f"regexp_replace({text}, '{FISCAL_CODE_IN_TEXT}', '{MASKED}', 'gi')"
    return f"case when strlen({text}) < {PERSON_LENGTH} then {text} else left({masked}, {MAX_KEPT}) end"


def _line_name(column: str) -> str:
    return f'"{column}__line"'


def _line(column: str, rules: Sequence[Rule]) -> str:
    """A kept text on one line, where the rule shows it; signs that nobody sees are named, or it would look right.

    Made once for all rules, and not by each in its own message: a query that says it a hundred times takes longer to
    be planned than to be run.
    """
    showing = [str(rule.bit) for rule in rules if column in rule.shown]
    seen = f"regexp_replace({_kept_name(column)}, '{INVISIBLE}', '{INVISIBLE_SHOWN}', 'g')"
    line = f"trim(regexp_replace({seen}, '{_CONTROL}', ' ', 'g'))"
    return f"case when rule_no in ({', '.join(showing)}) then {line} end" if showing else "null::varchar"


def _shown_name(column: str) -> str:
    return f'"{column}__shown"'


def _shown(column: str) -> str:
    """A line as a message shows it."""
    line = _line_name(column)
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
            parts.append(_shown_name(text))
        else:
            parts.append(f"'{{{text}}}'")
    return " || ".join(parts)


def _found(rule: Rule) -> str:
    return " || '; ' || ".join(_shown_name(name) for name in rule.shown)
