"""The record layout of the return as an object: what each attribute may hold, and what a record gets wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

VERSION = "1.0.0"
FILE = Path(__file__).parent / f"layout_{VERSION.replace('.', '_')}.yaml"
Codes = Mapping[str, str]  # code -> Italian label


@dataclass(frozen=True)
class Field:
    """What a value may be: one code of a list, a month, or a text of a length or pattern."""

    name: str
    required: bool
    list: str = ""
    month: bool = False
    pattern: str = ""
    min_length: int | None = None
    max_length: int | None = None
    max_inclusive: int | None = None


@dataclass(frozen=True)
class Duty:
    """Where `attribute` has that code, `due` must be there."""

    attribute: str
    code: str
    due: str


@dataclass(frozen=True)
class Layout:
    """A version of the layout. `ambiguous` are codes that join two meanings, by attribute."""

    version: str
    namespace: str
    flow: Field
    body: tuple[Field, ...]
    service_code: Field
    family: Field
    attributes: tuple[Field, ...]
    duties: tuple[Duty, ...]
    ambiguous: frozenset[tuple[str, str]]
    age_attribute: str
    age_years: int
    age_bands: int
    month: str
    code_lists: Mapping[str, Codes] = field(repr=False)

    def attribute(self, name: str) -> Field:
        """Raises KeyError for an attribute that the layout does not have."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {each.name: each for each in self.attributes}

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.attributes if each.required)

    def age_band(self, age: int) -> str | None:
        """The code of an age in completed years: bands are half-open. None outside all of them."""
        band = age // self.age_years + 1
        return str(band) if 1 <= band <= self.age_bands else None

    def fits(self, each: Field, value: str) -> bool:
        """Whether a value is one that the attribute may have."""
        if each.list:
            return value in self.code_lists[each.list]
        if each.month:
            return re.fullmatch(self.month, value) is not None
        if each.max_inclusive is not None:
            return re.fullmatch(r"[0-9]{1,9}", value) is not None and int(value) <= each.max_inclusive
        if each.pattern:
            return re.fullmatch(each.pattern, value) is not None
        return (each.min_length or 0) <= len(value) <= (each.max_length or len(value))

    def lacking(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The attributes that must be there and are not, the dates that duties ask for among them."""
        due = [duty.due for duty in self.duties if values.get(duty.attribute) == duty.code]
        return tuple(
            each.name
            for each in self.attributes
            if (each.required or each.name in due) and not values.get(each.name)
        )

    def misfits(
        self, values: Mapping[str, str], services: Sequence[str], family: Sequence[str]
    ) -> tuple[str, ...]:
        """The names of what the layout refuses in a record: values, and lists without a member."""
        known = self._by_name
        wrong = [
            name for name, value in values.items() if name not in known or not self.fits(known[name], value)
        ]
        if not services or not all(self.fits(self.service_code, code) for code in services):
            wrong.append(self.service_code.name)
        if not family or not all(self.fits(self.family, code) for code in family):
            wrong.append(self.family.name)
        return tuple(wrong)


def _field(name: str, given: Mapping[str, Any]) -> Field:
    return Field(
        name,
        bool(given.get("required", True)),
        str(given.get("list", "")),
        bool(given.get("month", False)),
        str(given.get("pattern", "")),
        given.get("minLength"),
        given.get("maxLength"),
        given.get("maxInclusive"),
    )


@cache
def load_layout() -> Layout:
    """The layout as its file has it."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    ages = content["age_bands"]
    return Layout(
        version=content["version"],
        namespace=content["namespace"],
        flow=_field("Nome", content["flow"]["Nome"]),
        body=tuple(_field(name, given) for name, given in content["body"].items()),
        service_code=_field("CodicePrestazione", content["service_code"]),
        family=Field("ComposizioneFamiglia", True, content["family"]),
        attributes=tuple(_field(each["name"], each) for each in content["attributes"]),
        duties=tuple(Duty(**each) for each in content["duties"]),
        ambiguous=frozenset((each["attribute"], each["code"]) for each in content["ambiguous"]),
        age_attribute=ages["attribute"],
        age_years=ages["years"],
        age_bands=ages["bands"],
        month=content["month"],
        code_lists=content["code_lists"],
    )
