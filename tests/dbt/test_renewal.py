"""A build that starts from the one before holds what a build of everything holds, whatever is delivered in between."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_landings import say_places
from random_deliveries import Deliveries

from osservatorio import build_renewal
from osservatorio.build_plan import Plan, Step
from osservatorio.build_previous import Warehouse
from osservatorio.build_renewal import RENEWED, Renewal
from osservatorio.plan_run import run_plan

FILES = ("release.duckdb", "scratch.duckdb")
SEQUENCES = int(os.environ.get("OSSERVATORIO_RENEWAL_SEQUENCES", "2"))
DELIVERIES = 5


@pytest.fixture(scope="module")
def plan(whole_plan: Plan) -> Plan:
    """What is renewed in part and all that it comes from: the rest is taken over, or made, by the same rule."""
    by_name = {step.name: step for step in whole_plan.steps}
    wanted: set[str] = set()
    waiting = [step.name for step in whole_plan.steps if step.renewed]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += [other for other in by_name[name].after if other not in wanted]
    tests = {
        step.name for step in whole_plan.steps if step.severity and by_name.get(step.of) and step.of in wanted
    }
    tests = {
        name for name in tests if set(by_name[name].after) <= wanted and by_name[by_name[name].of].renewed
    }
    return Plan(whole_plan.first, [step for step in whole_plan.steps if step.name in wanted | tests], {})


class Builds:
    """Builds over a landing that grows, each way in folders of its own."""

    def __init__(self, folder: Path, landing: Path, plan: Plan) -> None:
        self.folder, self.landing, self.plan = folder, landing, plan
        self.before: tuple[Warehouse, Path] | None = None
        self.number = 0

    def whole(self, as_of: str) -> tuple[Path, Renewal]:
        return self._build(as_of, "whole", None)

    def renewed(self, as_of: str) -> tuple[Path, Renewal]:
        """From the one before, if there is one."""
        self.number += 1
        place, renewal = self._build(as_of, f"renewed{self.number}", self.before)
        self.before = (Warehouse("plan", as_of, 0, renewal.known), place)
        return place, renewal

    def _build(self, as_of: str, name: str, before: tuple[Warehouse, Path] | None) -> tuple[Path, Renewal]:
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for file in FILES if before else ():
            shutil.copyfile(before[1] / file, place / file)
        say_places(place, self.landing)
        renewal = Renewal(self.plan.at(as_of), before[0] if before else None)
        run_plan(renewal.plan, lambda done, total: None, renewal, before[1] / FILES[0] if before else None)
        return place, renewal


def differences(one: Path, other: Path, steps: list[Step]) -> Iterator[str]:
    """The relations that do not hold the same rows, with how many and one of them."""
    with duckdb.connect() as con:
        for name, place in (("one", one), ("other", other)):
            for file in FILES:
                con.execute(f"attach '{place / file}' as {name}_{file.split('.')[0]} (read_only)")
        for step in steps:
            if step.kind not in ("table", "seed"):
                continue
            here, there = (
                step.relation.replace('"release"', f"{n}_release").replace('"scratch"', f"{n}_scratch")
                for n in ("one", "other")
            )
            for a, b in ((here, there), (there, here)):
                rows = con.execute(f"from {a} except all from {b} limit 3").fetchall()
                if rows:
                    yield f"{a}: {rows}"


@pytest.fixture(autouse=True)
def _however_many_are_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a landing of a dozen records most are touched: they are renewed all the same."""
    monkeypatch.setattr(build_renewal, "MOST_TOUCHED", 0)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_whatever_is_delivered_a_renewed_warehouse_is_equal_to_a_new_one(
    plan: Plan, tmp_path: Path, seed: int
):
    deliveries = Deliveries(tmp_path / "landing", seed)
    builds = Builds(tmp_path, deliveries.path, plan)
    renewed = 0
    for _ in range(DELIVERIES):
        as_of = deliveries.deliver()
        place, renewal = builds.renewed(as_of)
        renewed += renewal.counted().get(RENEWED, 0)
        assert list(differences(place, builds.whole(as_of)[0], plan.steps)) == [], deliveries.told
    assert renewed > 0


def test_a_record_that_is_missed_is_found_out(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The comparison can fail: without the records that a replacement, a date or a parent touches, it does."""
    find = build_renewal.find_touched_records

    def all_but_some(
        con: duckdb.DuckDBPyConnection, extract: str, key: list[str], before: str, table: str
    ) -> None:
        find(con, extract, key, before, table)
        con.execute(f"delete from {table} where hash({', '.join(key)}) % 3 = 0")

    monkeypatch.setattr(build_renewal, "find_touched_records", all_but_some)
    deliveries = Deliveries(tmp_path / "landing", 0)
    builds = Builds(tmp_path, deliveries.path, plan)
    found: list[str] = []
    for _ in range(DELIVERIES):
        as_of = deliveries.deliver()
        place, _ = builds.renewed(as_of)
        if found := list(differences(place, builds.whole(as_of)[0], plan.steps)):
            break
    assert any("fct_intervention" in told or "fct_contribution" in told for told in found)
