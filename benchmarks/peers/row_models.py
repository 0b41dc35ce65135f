"""A pydantic model per contract: each column a field that reads delivered text as the contract's kind says."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from ingestion import conversion
from osservatorio import reference
from osservatorio.contracts import Column, Contract
from osservatorio.fiscal_code import FISCAL_CODE, FISCAL_CODE_IN_TEXT, MASKED

ORDER = re.compile(r"(\w+) (<|<=|>|>=) ([a-z]\w*)")
TYPES: dict[str, type] = {
    "date": date,
    "month": date,
    "year": int,
    "flag": bool,
    "int": int,
    "decimal": Decimal,
}
SPOILT = re.compile(conversion.SPOILT_LETTERS)
PERSON = re.compile(FISCAL_CODE_IN_TEXT, re.IGNORECASE)
ISO = re.compile(conversion.ISO_DATE + conversion.TIME_OF_DAY)
ITALIAN = re.compile(conversion.ITALIAN_DATE + conversion.TIME_OF_DAY)
MONTH = re.compile(f"{conversion.YEAR}-[0-9]{{2}}")
ITALIAN_MONTH = re.compile(f"[0-9]{{1,2}}/{conversion.YEAR}")
PLAIN_INTEGER = re.compile(r"[+-]?[0-9]+([.,]0{1,2})?")
COMMA = re.compile(r"[+-]?[0-9]+(,[0-9]+)?")
POINT = re.compile(r"[+-]?[0-9]+[.][0-9]+")
AMBIGUOUS = re.compile(conversion.AMBIGUOUS_DECIMAL)
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.][0-9]{3})+(,[0-9]+)?")
PLACES = Decimal("0.0001")


class Row(BaseModel):
    """What every model has: unknown columns are left aside."""

    model_config = ConfigDict(extra="ignore")


def model_of(contract: Contract) -> type[Row]:
    """The model of a contract; a value that is missing where it is required, or is no value, does not validate."""
    fields: dict[str, Any] = {}
    for column in contract.columns:
        kind = Annotated[TYPES.get(column.kind, str), BeforeValidator(_reader(column))]
        bounds: dict[str, Any] = {}
        if column.minimum is not None:
            bounds["gt" if column.exclusive_minimum else "ge"] = column.minimum
        if column.maximum is not None:
            bounds["le"] = column.maximum
        if column.required:
            fields[column.name] = (kind, Field(**bounds))
        else:
            fields[column.name] = (Annotated[kind, Field(**bounds)] | None, None)
    return create_model(contract.extract, __base__=Row, **fields)


def _reader(column: Column) -> Callable[[str], Any]:
    if column.secret:
        return _fiscal_code if column.kind == "cf" else _matching(column.pattern or ".+")
    if column.code_list and column.kind in ("code", "istat"):
        return _code_of(column.code_list)
    readers: dict[str, Callable[[str], Any]] = {
        "date": _date,
        "month": _month,
        "year": _year,
        "flag": _flag,
        "int": _integer,
        "decimal": _decimal,
    }
    if column.kind in readers:
        return readers[column.kind]
    if column.kind == "codes":
        return _codes_of(column.code_list or "")
    if column.kind == "text":
        return _text_up_to(column.max_length)
    return _matching(column.pattern or "[A-Za-z0-9._/-]{1,40}", no_person=True)


def _matching(pattern: str, *, no_person: bool = False) -> Callable[[str], str]:
    shape = re.compile(pattern.removeprefix("^").removesuffix("$"))

    def read(text: str) -> str:
        if not shape.fullmatch(text) or (
            no_person and len(text) >= conversion.PERSON_LENGTH and PERSON.search(text)
        ):
            raise ValueError("shape")
        return text

    return read


def _fiscal_code(text: str) -> str:
    code = text.upper()
    if not re.fullmatch(FISCAL_CODE, code):
        raise ValueError("shape")
    ranks = [ord(c) - ord("0") if c.isdigit() else ord(c) - ord("A") for c in code]
    odd = sum(conversion._ODD_ORDER.index(chr(ord("A") + rank)) for rank in ranks[0:15:2])
    if (odd + sum(ranks[1:15:2])) % 26 != ranks[15]:
        raise ValueError("control character")
    return code


def _code_of(name: str) -> Callable[[str], str]:
    codes = {code.lower(): code for code in reference.code_list(name)}

    def read(text: str) -> str:
        if (code := codes.get(text.lower())) is None:
            raise ValueError("code")
        return code

    return read


def _codes_of(name: str) -> Callable[[str], str]:
    read_one = _code_of(name)
    return lambda text: "|".join(read_one(part.strip()) for part in text.split("|"))


def _text_up_to(length: int | None) -> Callable[[str], str]:
    def read(text: str) -> str:
        if (length and len(text) > length) or SPOILT.search(text):
            raise ValueError("text")
        return PERSON.sub(MASKED, text)

    return read


def _date(text: str) -> date:
    if ISO.fullmatch(text):
        return date.fromisoformat(text[:10])
    if ITALIAN.fullmatch(text):
        day, month, year = (int(part) for part in text.split(" ")[0].replace("-", "/").split("/"))
        return date(year, month, day)
    raise ValueError("date")


def _month(text: str) -> date:
    if MONTH.fullmatch(text):
        return date.fromisoformat(f"{text}-01")
    if ITALIAN_MONTH.fullmatch(text):
        month, year = text.split("/")
        return date(int(year), int(month), 1)
    day = _date(text)
    if day.day != 1:
        raise ValueError("month")
    return day


def _year(text: str) -> int:
    if not re.fullmatch(conversion.YEAR, text):
        raise ValueError("year")
    return int(text)


def _flag(text: str) -> bool:
    word = text.lower()
    if word not in conversion.YES + conversion.NO:
        raise ValueError("flag")
    return word in conversion.YES


def _integer(text: str) -> int:
    if PLAIN_INTEGER.fullmatch(text):
        return int(re.split("[.,]", text)[0])
    if THOUSANDS.fullmatch(text) and text.count(".") > 1 and "," not in text:
        return int(text.replace(".", ""))
    raise ValueError("integer")


def _decimal(text: str) -> Decimal:
    if COMMA.fullmatch(text):
        number = Decimal(text.replace(",", "."))
    elif POINT.fullmatch(text) and not AMBIGUOUS.fullmatch(text):
        number = Decimal(text)
    elif THOUSANDS.fullmatch(text) and not AMBIGUOUS.fullmatch(text):
        number = Decimal(text.replace(".", "").replace(",", "."))
    else:
        raise ValueError("decimal")
    return number.quantize(PLACES)
