"""Builds that the tests of this room share: an empty landing with the unit tests, and a small one worked by hand."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from dbt_landings import Build, Landing, build, read_build
from dbt_small_case import AS_OF, small_landing
from filelock import FileLock


def _built_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Build:
    """Build once, whichever of the parallel test processes comes first."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "build.json").exists():
            make(folder)
    return read_build(folder)


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Everything, unit tests included, over a landing to which nobody delivered anything."""
    return _built_once(
        tmp_path_factory,
        "dbt_empty",
        lambda folder: build(Landing(folder).close(), "2022-12-31"),
    )


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The warehouse over the small landing."""
    return _built_once(
        tmp_path_factory,
        "dbt_small",
        lambda folder: build(small_landing(folder), AS_OF, "--exclude-resource-type", "unit_test"),
    )
