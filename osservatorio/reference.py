"""The reference lists of the house, read from the warehouse's seeds: one home for every list and label."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from osservatorio.errors import UserError
from osservatorio.italian import join_words
from osservatorio.near import perhaps

SEEDS = Path(__file__).parent.parent / "dbt_project" / "seeds"


@dataclass(frozen=True)
class Municipality:
    """A municipality of the Ambito (ISTAT code, cadastral code, joint services or not)."""

    code: str
    name: str
    slug: str
    cadastral_code: str
    is_associated: bool
    is_lead: bool


@dataclass(frozen=True)
class Service:
    """A service of the co-design; `has_cases` when minors are taken into its care."""

    code: str
    name: str
    short_name: str
    area: str
    has_cases: bool


def read_seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed file, every value as text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_types() -> dict[str, dict[str, str]]:
    """Every seed with its columns, in order, and their SQL types, as the warehouse keeps them."""
    told = yaml.safe_load((SEEDS / "_seeds.yml").read_text("utf-8"))
    return {seed["name"]: seed["config"]["column_types"] for seed in told["seeds"]}


@cache
def municipalities() -> dict[str, Municipality]:
    """Municipalities of the Ambito by ISTAT code."""
    return {
        row["municipality_code"]: Municipality(
            row["municipality_code"],
            row["name"],
            row["slug"],
            row["cadastral_code"],
            row["is_associated"].lower() == "true",
            row["is_lead"].lower() == "true",
        )
        for row in read_seed("municipalities")
    }


@cache
def lead_municipality() -> Municipality:
    """The lead municipality (Comune capofila), which also delivers for the partner and the Ufficio di Piano."""
    return next(town for town in municipalities().values() if town.is_lead)


def find_municipality(text: str) -> Municipality:
    """A municipality by its name, slug or ISTAT code, as people write it. Raises UserError for any other."""
    wanted = "_".join(text.lower().replace("'", " ").split())
    for town in municipalities().values():
        if wanted in (town.code, town.slug, "_".join(town.name.lower().split())):
            return town
    names = join_words([town.name for town in municipalities().values()])
    hint = perhaps(text, [town.name for town in municipalities().values()])
    raise UserError(f"Il Comune «{text}» non è dell'Ambito.{hint} Scegli fra {names}.")


@cache
def services() -> dict[str, Service]:
    """Services by code, in display order."""
    rows = sorted(read_seed("services"), key=lambda row: int(row["sort_order"]))
    return {
        row["service_code"]: Service(
            row["service_code"],
            row["name"],
            row["short_name"],
            row["area"],
            row["has_cases"].lower() == "true",
        )
        for row in rows
    }


@cache
def _code_lists() -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = {}
    for row in sorted(read_seed("code_lists"), key=lambda row: int(row["sort_order"])):
        lists.setdefault(row["code_list"], {})[row["code"]] = row["label"]
    lists["municipalities"] = {code: town.name for code, town in municipalities().items()}
    lists["services"] = {code: service.name for code, service in services().items()}
    lists["services_with_cases"] = {c: s.name for c, s in services().items() if s.has_cases}
    lists["questions"] = {row["question_code"]: row["text"] for row in read_seed("questions")}
    return lists


def code_list(name: str) -> dict[str, str]:
    """Codes and Italian labels of a list, in display order. Raises KeyError for an unknown list."""
    return _code_lists()[name]


def code_list_names() -> frozenset[str]:
    return frozenset(_code_lists())
