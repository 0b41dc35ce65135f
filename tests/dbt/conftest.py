"""Builds that the tests of this room share: a small landing worked by hand, which dbt builds, and an empty one."""

from pathlib import Path

import pytest
from built_once import built_once
from dbt_landings import PLAN, Build, Landing, build, read_build, repeat, unit_tests
from dbt_small_case import AS_OF, small_landing

from osservatorio.build_plan import Plan, kept_plan


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The warehouse over the small landing."""
    folder = built_once(
        tmp_path_factory,
        "dbt_small",
        lambda folder: build(small_landing(folder), AS_OF, "--exclude-resource-type", "unit_test"),
    )
    return read_build(folder)


@pytest.fixture(scope="session")
def whole_plan(small_build: Build) -> Plan:
    """What dbt did to build it: the same over other landings takes a tenth of dbt's time (`test_plan`)."""
    plan = kept_plan(small_build.release.parent / PLAN)
    assert plan, "dbt's build cannot be repeated: see `build_plan`"
    return plan


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory, whole_plan: Plan) -> Build:
    """Everything over a landing to which nobody delivered anything, and dbt's unit tests."""

    def make(folder: Path) -> None:
        repeat(whole_plan, Landing(folder).close(), "2022-12-31")
        unit_tests(folder, "2022-12-31")

    return read_build(built_once(tmp_path_factory, "dbt_empty", make))
