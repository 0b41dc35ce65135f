"""Layers run in one direction: rooms meet in files, contracts and seeds, and never import one another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("ingestion", "expectations", "reporting", "dashboards")
# What stands above the rooms: rooms may not know of it.
UPPER = (
    "osservatorio.cli",
    "osservatorio.pipeline",
    "osservatorio.commands",
    "osservatorio.publish",
    "osservatorio.build",
)


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            modules.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return modules


def python_files(room: str) -> list[Path]:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files, room
    return files


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_never_import_one_another(room):
    for path in python_files(room):
        others = {m for m in imported_modules(path) if m.split(".")[0] in ROOMS and m.split(".")[0] != room}
        assert not others, f"{path}: {others}"
        upper = {m for m in imported_modules(path) if m.startswith(UPPER)}
        assert not upper, f"{path}: {upper}"


def test_the_house_imports_rooms_only_when_they_are_needed():
    for path in python_files("osservatorio"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {n.split(".")[0] for n in names} & {
                *ROOMS,
                "dbt",
                "pandas",
                "streamlit",
                "great_expectations",
            }, path


def test_no_clock_in_library_code():
    for room in (*ROOMS, "osservatorio"):
        for path in python_files(room):
            if "commands" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                    owner = ast.unparse(node.value)
                    assert owner not in ("datetime", "date", "datetime.datetime", "datetime.date"), (
                        f"{path}: {owner}.{node.attr}"
                    )


def test_no_clock_in_models():
    for path in (ROOT / "dbt_project").rglob("*.sql"):
        text = path.read_text("utf-8").lower()
        for word in ("current_date", "current_timestamp", "now()", "today()", "get_current_timestamp"):
            assert word not in text, f"{path}: {word}"


def test_indicators_are_defined_in_the_warehouse_only():
    """Reports and pages read marts: no other schema, and no landing."""
    for room in ("reporting", "dashboards"):
        for path in python_files(room):
            text = path.read_text("utf-8")
            for word in ("landing.", "core.", "staging.", "quarantine.rows"):
                assert f"from {word}" not in text, f"{path}: {word}"
