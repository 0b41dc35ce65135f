"""The models that a mart needs, their order, and the part of the product's own plan that builds just these."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from osservatorio.build_plan import Plan

RELATION = re.compile(r'"(release|scratch|landing_db)"\."(\w+)"\."(\w+)"')
NODE = re.compile(r"(model|seed)\.\w+\.(\w+)")


@dataclass(frozen=True)
class Models:
    """The compiled models of a project (`compiled_models.CompiledModel`, as dictionaries), in the order of running."""

    compiled: list[dict[str, Any]]

    @cached_property
    def by_name(self) -> dict[str, dict[str, Any]]:
        return {model["name"]: model for model in self.compiled}

    @cached_property
    def parents(self) -> dict[str, set[str]]:
        """The models that each model reads."""
        return {
            model["name"]: {name for _, _, name in RELATION.findall(model["sql"]) if name in self.by_name}
            - {model["name"]}
            for model in self.compiled
        }

    @property
    def marts(self) -> list[str]:
        return [model["name"] for model in self.compiled if model["name"].startswith("mart_")]

    def needed_by(self, names: Iterable[str]) -> list[str]:
        """These models and all that they are made from, in the order of running."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.parents[name]
        return [model["name"] for model in self.compiled if model["name"] in found]

    def possible_without(self, left_out: Iterable[str]) -> list[str]:
        """The marts that need none of these models."""
        out = set(left_out)
        return [mart for mart in self.marts if not out.intersection(self.needed_by([mart]))]


def part_of_plan(plan: Plan, names: Iterable[str]) -> Plan:
    """The steps of a plan that make these models and the lists; no tests."""
    wanted = set(names)
    steps = [
        step
        for step in plan.steps
        if (found := NODE.fullmatch(step.name)) and (found[1] == "seed" or found[2] in wanted)
    ]
    kept = {step.name for step in steps}
    return Plan(
        plan.first,
        [replace(step, after=[name for name in step.after if name in kept]) for step in steps],
        {},
    )
