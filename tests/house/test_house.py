"""Facts about the house that must stay true: locked, complete, and without addresses of anywhere."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SKIP = {
    ".git",
    ".venv",
    ".venv-encrypted",
    ".venv-spark",
    ".venv-peers",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "data",
    "build",
    "dist",
}


def lock_entries(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==(\S+)", text, re.MULTILINE))


def test_locks_hold_hashes_and_no_addresses():
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-encrypted.lock",
        "requirements-spark.lock",
        "requirements-peers.lock",
    ):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", text)
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert len(entries) > 50
        for entry in entries:
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = lock_entries("requirements.lock")
    locked_dev = lock_entries("requirements-dev.lock")
    for requirement in project["dependencies"]:
        assert re.split(r"[=<>;]", requirement)[0] in locked, requirement
    for requirement in project["optional-dependencies"]["dev"]:
        assert re.split(r"[=<>;]", requirement)[0] in locked_dev, requirement
    assert {k: v for k, v in locked_dev.items() if k in locked} == locked


def test_the_encrypted_lock_differs_by_the_extra_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = dict(requirement.split("==") for requirement in project["optional-dependencies"]["encrypted"])
    assert lock_entries("requirements-encrypted.lock") == lock_entries("requirements.lock") | extra


def test_the_spark_lock_adds_the_extra_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked, locked_spark = lock_entries("requirements.lock"), lock_entries("requirements-spark.lock")
    for requirement in project["optional-dependencies"]["spark"]:
        name, version = requirement.split("==")
        assert locked_spark[name.split("[")[0]] == version
    assert {k: v for k, v in locked_spark.items() if k in locked} == locked


def text_files() -> list[Path]:
    kinds = {".py", ".sql", ".yml", ".yaml", ".md", ".csv", ".toml", ".typ", ".txt", ".sh", ".css", ""}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and path.suffix in kinds
        and not SKIP & set(path.relative_to(ROOT).parts)
        and not any(part.endswith(".egg-info") for part in path.parts)
    ]


def test_no_machine_paths():
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    for path in text_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__):
            assert not pattern.search(text), path


def test_every_room_has_its_page():
    for room in (
        "ingestion",
        "expectations",
        "dbt_project",
        "reporting",
        "dashboards",
        "benchmarks",
        "osservatorio",
    ):
        assert (ROOT / room / "README.md").stat().st_size > 300, room
