"""Builds that the tests of this room share: an empty landing with the unit tests, and a small one worked by hand."""

import pytest
from built_once import built_once
from dbt_landings import Build, Landing, build, read_build
from dbt_small_case import AS_OF, small_landing


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Everything, unit tests included, over a landing to which nobody delivered anything."""
    folder = built_once(
        tmp_path_factory,
        "dbt_empty",
        lambda folder: build(Landing(folder).close(), "2022-12-31"),
    )
    return read_build(folder)


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The warehouse over the small landing."""
    folder = built_once(
        tmp_path_factory,
        "dbt_small",
        lambda folder: build(small_landing(folder), AS_OF, "--exclude-resource-type", "unit_test"),
    )
    return read_build(folder)
