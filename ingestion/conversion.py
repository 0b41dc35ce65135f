"""Delivered text to typed values, as SQL: one expression per kind of column, null where the text is not a value.

Every expression reads the text column named by `text_of` (blanks already taken off, empty is null). Numbers are
read as Italians write them: the comma is always the decimal mark; a single point before exactly three figures
(1.234) could be either mark and is read as neither.
"""

from dataclasses import dataclass

from osservatorio.contracts import Column
from osservatorio.fiscal_code import FISCAL_CODE, FISCAL_CODE_IN_TEXT, MASKED

YES = ("s", "si", "sì", "si\u0300", "true", "vero", "1")
NO = ("n", "no", "false", "falso", "0")

# A year outside is a slip of the pen, or a stand-in for «never»: 1900 is what Excel and databases make of no date.
YEAR = "(190[1-9]|19[1-9][0-9]|20[0-9]{2})"
ISO_DATE = f"{YEAR}-[0-9]{{2}}-[0-9]{{2}}"
ISO_FIRST_DAY = f"{YEAR}-[0-9]{{2}}-01"
TIME_OF_DAY = (
    "([ T]([01]?[0-9]|2[0-3])[:.][0-5][0-9]([:.][0-5][0-9]([.][0-9]+)?)?)?"  # 24:00 is another day's
)
ITALIAN_DATE = f"[0-9]{{1,2}}[/-][0-9]{{1,2}}[/-]{YEAR}"
ITALIAN_FIRST_DAY = f"0?1[/-][0-9]{{1,2}}[/-]{YEAR}"
AMBIGUOUS_DECIMAL = "[+-]?[1-9][0-9]{0,2}[.][0-9]{3}"
AMBIGUOUS_INTEGER = "[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}"

# Letters that a conversion between encodings has spoilt, as they look in Italian texts: perchÃ©, l’ as lâ€™, perch‚.
SPOILT_LETTERS = "|".join(
    (
        "[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]",  # UTF-8 read as Windows-1252
        "Ã( |$)",  # à, whose second byte is then a blank
        "â€.|â‚¬",
        "[a-z][‚Š]",  # é and è of DOS read as Windows-1252
        "[a-z][Žˆ˜]",  # é, à and ò of an older Mac (Excel's «CSV» there) read as Windows-1252
        "√[©®†≤πÄ]",  # UTF-8 read as Mac Roman
        "\ufffd",
    )
)

PERSON_LENGTH = 16  # of a codice fiscale, the shortest text that can hold one

_THOUSANDS_POINT = "[+-]?[1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]+|[+-]?[1-9][0-9]{0,2}([.][0-9]{3}){2,}"
_THOUSANDS_COMMA = "[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+[.][0-9]+|[+-]?[1-9][0-9]{0,2}(,[0-9]{3}){2,}"
# Values of the characters of a codice fiscale (D.M. 23/12/1976): its place here for a letter in an odd place; a
# digit counts as the letter of the same rank (0 as A); in an even place a letter counts its rank in the alphabet.
_ODD_ORDER = "BAKPLCQDREVOSFTGUHMINJWZYX"


@dataclass(frozen=True)
class Conversion:
    """How a column is converted. `failures`: (what is wrong, SQL that tells it), the last one without SQL.

    `lookup` names the code list whose table, joined as `code_<column>`, gives the value.
    """

    value: str
    failures: tuple[tuple[str, str | None], ...]
    lookup: str | None = None


def text_of(name: str) -> str:
    """The SQL name of a column's delivered text."""
    return f'"{name}__text"'


def conversion(column: Column) -> Conversion:
    """The conversion of a column that is not secret."""
    text = text_of(column.name)
    if column.code_list and column.kind in ("code", "istat"):
        return _from_list(column, text)
    return {
        "id": _identifier,
        "istat": _identifier,
        "date": _date,
        "month": _month,
        "year": _year,
        "codes": _codes,
        "flag": _flag,
        "int": _integer,
        "decimal": _decimal,
        "text": _free_text,
    }[column.kind](column, text)


def valid_identifiers(column: Column, texts: str) -> str:
    """SQL: each `delivered_text` of a query with its `value` as it is made into a pseudonym.

    The value is null where the text is not an identifier of the column's kind.
    """
    if column.kind != "cf":
        fits = _matches("delivered_text", column.pattern or ".+")
        return f"select delivered_text, case when {fits} then delivered_text end as value from ({texts})"
    return f"""
        select delivered_text, case when {_is_fiscal_code("code", "ranks")} then code end as value
        from (
            select delivered_text, code, translate(code, '0123456789', 'ABCDEFGHIJ') as ranks
            from (select delivered_text, upper(delivered_text) as code from ({texts}))
        )"""


def _matches(text: str, pattern: str) -> str:
    """RE2 on the whole text; the contracts' patterns may carry their own anchors."""
    return f"regexp_full_match({text}, '{pattern.removeprefix('^').removesuffix('$')}')"


def _is_fiscal_code(code: str, ranks: str) -> str:
    odd = [f"strpos('{_ODD_ORDER}', substr({ranks}, {place}, 1)) - 1" for place in range(1, 16, 2)]
    even = [f"ascii(substr({ranks}, {place}, 1)) - ascii('A')" for place in range(2, 16, 2)]
    total = " + ".join((*odd, *even))
    control = f"chr((ascii('A') + ({total}) % 26)::integer)"
    return f"{_matches(code, FISCAL_CODE)} and {control} = substr({code}, 16, 1)"


def _from_list(column: Column, text: str) -> Conversion:
    failures: tuple[tuple[str, str | None], ...] = (("elenco", None),)
    if column.kind == "istat":
        failures = (("elenco", _matches(text, column.pattern or "[0-9]{6}")), ("formato", None))
    return Conversion(f'"code_{column.name}".code', failures, column.code_list)


def _identifier(column: Column, text: str) -> Conversion:
    is_person = (
        f"(length({text}) >= {PERSON_LENGTH} and regexp_matches({text}, '{FISCAL_CODE_IN_TEXT}', 'i'))"
    )
    fits = _matches(text, column.pattern or "[A-Za-z0-9._/-]{1,40}")
    if column.kind == "istat":
        return Conversion(f"case when {fits} then {text} end", (("formato", None),))
    value = f"case when {fits} and not {is_person} then {text} end"
    return Conversion(value, (("codice_fiscale", is_person), ("formato", None)))


def _date(column: Column, text: str) -> Conversion:
    """The time of day that a system may add is dropped, when it is one. 31/02 is no date."""
    return Conversion(_date_value(text, ISO_DATE, ITALIAN_DATE), (("formato", None),))


def _date_value(text: str, iso: str, italian: str) -> str:
    return f"""case
        when {_matches(text, italian + TIME_OF_DAY)}
            then try_strptime(replace(split_part({text}, ' ', 1), '-', '/'), '%d/%m/%Y')::date
        when {_matches(text, iso + TIME_OF_DAY)} then try_cast(substr({text}, 1, 10) as date)
    end"""


def _month(column: Column, text: str) -> Conversion:
    """The first day of the month; a date is accepted when it is that day (Excel turns 06/2022 into one)."""
    value = f"""case
        when {_matches(text, f"{YEAR}-[0-9]{{2}}")} then try_cast({text} || '-01' as date)
        when {_matches(text, f"[0-9]{{1,2}}/{YEAR}")} then try_strptime('01/' || {text}, '%d/%m/%Y')::date
        else {_date_value(text, ISO_FIRST_DAY, ITALIAN_FIRST_DAY)}
    end"""
    return Conversion(value, (("formato", None),))


def _year(column: Column, text: str) -> Conversion:
    return Conversion(f"case when {_matches(text, YEAR)} then {text}::integer end", (("formato", None),))


def _codes(column: Column, text: str) -> Conversion:
    """Each code is looked up among those of `codes_<column>` (one row: `keys` and `codes`, in the same order)."""
    given = f"list_transform(string_split(lower({text}), '|'), lambda code: trim(code))"
    table = f'"codes_{column.name}"'
    value = f"""case when list_has_all({table}.keys, {given})
        then array_to_string(
            list_transform({given}, lambda code: {table}.codes[list_position({table}.keys, code)]), '|')
    end"""
    return Conversion(value, (("elenco", None),), column.code_list)


def _flag(column: Column, text: str) -> Conversion:
    words = [f"when '{word}' then true" for word in YES] + [f"when '{word}' then false" for word in NO]
    return Conversion(f"case lower({text}) {' '.join(words)} end", (("formato", None),))


def _integer(column: Column, text: str) -> Conversion:
    value = f"""case
        when {_matches(text, "[+-]?[0-9]+")} then try_cast({text} as bigint)
        when {_matches(text, "[+-]?[0-9]+[.,]0{1,2}")}
            then try_cast(regexp_extract({text}, '[+-]?[0-9]+') as bigint)
        when {_matches(text, "[+-]?[1-9][0-9]{0,2}([.][0-9]{3}){2,}")}
            then try_cast(replace({text}, '.', '') as bigint)
    end"""
    return Conversion(value, (("ambiguo", _matches(text, AMBIGUOUS_INTEGER)), ("formato", None)))


def _decimal(column: Column, text: str) -> Conversion:
    digits = f"""case
        when {_matches(text, "[+-]?[0-9]+(,[0-9]+)?")} then replace({text}, ',', '.')
        when {_matches(text, AMBIGUOUS_DECIMAL)} then null
        when {_matches(text, "[+-]?[0-9]+[.][0-9]+")} then {text}
        when {_matches(text, _THOUSANDS_POINT)} then replace(replace({text}, '.', ''), ',', '.')
        when {_matches(text, _THOUSANDS_COMMA)} then replace({text}, ',', '')
    end"""
    failures = (("ambiguo", _matches(text, AMBIGUOUS_DECIMAL)), ("formato", None))
    return Conversion(f"try_cast({digits} as {column.duckdb_type})", failures)


def _free_text(column: Column, text: str) -> Conversion:
    """A codice fiscale written in a note is masked: no identity is kept in the clear anywhere."""
    is_too_long = f"length({text}) > {column.max_length}" if column.max_length else "false"
    is_spoilt = f"regexp_matches({text}, '{SPOILT_LETTERS}')"
    masked = f"regexp_replace({text}, '{FISCAL_CODE_IN_TEXT}', '{MASKED}', 'gi')"
    value = f"case when not ({is_too_long} or {is_spoilt}) then {masked} end"
    return Conversion(value, (("lunghezza", is_too_long), ("caratteri", None)))
