"""What dbt does in a build, kept to be done again without it: the statements of every node, in their order.

Of a build over other records or another reference date nothing differs but the date: no text of the project depends on
what is landed. So a build by dbt that succeeded leaves a plan in the user's cache, under a name made from the project's
files, the versions that read them and the settings that models read; the next build runs its statements at once
(`plan_run`), without the seconds that dbt takes to load, to read the project and to word each statement anew.

A plan only ever says yes. Where there is none, or anything in it fails, dbt builds (`build`) and says what is wrong.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from osservatorio.lineage import KEY_TEST
from osservatorio.project_reading import PROJECT, keep, place_in_cache

SUFFIX = ".plan.json"
KEPT = 12  # plans of other states of the project, or other settings, that stay in the cache
# A date literal as the macro `as_of` writes it, and what stands for the date in a plan.
LITERAL = "date '{}'"
AS_OF = "\x00as_of\x00"
AS_OF_MACRO = "macros/as_of.sql"
# dbt's comment before each statement, and what is added to one whose end it leaves out of its log.
_COMMENT = re.compile(r"\A\s*/\* \{.*?\} \*/\s*", re.DOTALL)
_ABRIDGED, _ABRIDGED_LENGTH = "...", 512
# By its first word, what a statement of dbt is to a build that repeats it.
_MAKES = ("create", "copy")
_NOTHING_TO_REPEAT = ("begin", "commit", "rollback", "select")
# Who writes a plan, and who tells by it what is to be made again.
_MADE_OF = (
    "build.py",
    "build_parts.py",
    "build_plan.py",
    "build_renewal.py",
    "build_touched.py",
    "lineage.py",
)
# What a model may declare in its `meta`, for a build that starts from the one before (`build_renewal`).
PART, RENEWED = "part", "renewed"


@dataclass(frozen=True)
class Step:
    """One node: what it does, which nodes come before it.

    A test answers (failures, should_warn, should_error). `severity` is its own, `error` or `warn`, and empty for the
    other nodes: where it is `error`, should_error fails the build; all else is a warning, as for dbt.

    The rest is for a build that starts from the one before (`build_renewal`): the relation made and what it is (table,
    view or seed), what its `meta` declares; of a test, the node that it is of and the key that it looks for.
    """

    name: str
    statements: list[str]
    after: list[str]
    severity: str
    relation: str = ""
    kind: str = ""
    part: str = ""
    renewed: dict[str, Any] = field(default_factory=dict)
    of: str = ""
    key: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A whole build: schemas and functions first, then the steps; `facts` is what is told of it afterwards."""

    first: list[str]
    steps: list[Step]
    facts: dict[str, Any]

    def at(self, as_of: str) -> "Plan":
        """The plan of a reference date (ISO)."""
        return Plan(
            [text.replace(AS_OF, as_of) for text in self.first],
            [
                replace(s, statements=[text.replace(AS_OF, as_of) for text in s.statements])
                for s in self.steps
            ],
            self.facts,
        )


class NoPlan(Exception):
    """This build cannot be repeated without dbt."""


@dataclass
class Recorder:
    """Follows a build through dbt's own events."""

    _said: dict[str, list[str]] = field(default_factory=dict)

    def follow(self, event: Any) -> None:
        """To be called for each event of dbt. Threads may call it at the same time."""
        if event.info.name == "SQLQuery":
            self._said.setdefault(event.data.conn_name, []).append(event.data.sql)

    def plan(self, results: Iterable[Any], facts: dict[str, Any], as_of: str) -> Plan:
        """The plan of a build that succeeded, from its results. Raises NoPlan when it cannot be repeated."""
        nodes = {r.node.unique_id: r for r in results}
        outside = [text for name, texts in self._said.items() if name not in nodes for text in texts]
        steps = [
            _step(result, self._said.get(name, []), nodes)
            for name, result in nodes.items()
            if str(result.node.resource_type) != "operation"
        ]
        plan = Plan(list(_making(outside)), steps, facts)
        return _without_date(plan, as_of)


def _step(result: Any, said: list[str], nodes: Iterable[str]) -> Step:
    node = result.node
    is_test = str(node.resource_type) == "test"
    if node.config.get("pre-hook") or node.config.get("post-hook"):
        raise NoPlan(f"{node.name} has hooks")
    if str(result.status) not in ("success", "pass", "warn"):
        raise NoPlan(f"{node.name}: {result.status}")
    statements = (
        [text for text in map(_bare, said) if "should_error" in text] if is_test else list(_making(said))
    )
    if not statements or (is_test and len(statements) > 1):
        raise NoPlan(f"{node.name}: {len(statements)} statements")
    return Step(
        name=node.unique_id,
        statements=statements,
        after=[name for name in node.depends_on_nodes if name in nodes],
        severity=str(node.config.severity).lower() if is_test else "",
        **(_of_test(node) if is_test else _of_relation(node)),
    )


def _of_test(node: Any) -> dict[str, Any]:
    told = getattr(node, "test_metadata", None)
    is_key = told is not None and told.name == KEY_TEST
    return {
        "of": getattr(node, "attached_node", None) or "",
        "key": list(told.kwargs["key"]) if is_key else [],
    }


def _of_relation(node: Any) -> dict[str, Any]:
    meta = node.config.get("meta") or {}
    return {
        "relation": getattr(node, "relation_name", None) or "",
        "kind": str(node.config.get("materialized") or ""),
        "part": str(meta.get(PART, "")),
        "renewed": dict(meta.get(RENEWED, {})),
    }


def _making(said: Iterable[str]) -> Iterable[str]:
    for text in map(_bare, said):
        word = text.partition(";")[0].split(maxsplit=1)[0].lower()
        if word in _MAKES:
            yield text
        elif word not in _NOTHING_TO_REPEAT:
            raise NoPlan(f"unknown statement: {text[:40]}")


def _bare(said: str) -> str:
    """A statement as dbt's event gives it, without its comment. Raises NoPlan when its end is missing."""
    if said.endswith(_ABRIDGED):
        if len(said) >= _ABRIDGED_LENGTH:
            raise NoPlan("a statement is not whole in the event")
        said = said.removesuffix(_ABRIDGED)
    return _COMMENT.sub("", said).strip()


def _without_date(plan: Plan, as_of: str) -> Plan:
    """The plan with a mark for its date. Raises NoPlan where a text holds that date, or uses the date, in another way."""
    literal = LITERAL.format(as_of)
    for path in PROJECT.rglob("*.sql"):
        text, place = path.read_text("utf-8"), path.relative_to(PROJECT).as_posix()
        if as_of in text or (place != AS_OF_MACRO and re.search(r"var\(\s*['\"]as_of", text)):
            raise NoPlan(f"{place} has the reference date in it")

    def marked(text: str) -> str:
        if text.count(as_of) != text.count(literal):
            raise NoPlan("the reference date stands in a text in another way")
        return text.replace(literal, LITERAL.format(AS_OF))

    return Plan(
        [marked(text) for text in plan.first],
        [replace(s, statements=[marked(text) for text in s.statements]) for s in plan.steps],
        plan.facts,
    )


def plan_place(variables: dict[str, Any]) -> Path | None:
    """Where the plan of the project as its files are now is kept, for who builds with these settings."""
    here = Path(__file__).parent
    makers = b"".join((here / name).read_bytes() for name in _MADE_OF)
    return place_in_cache(SUFFIX, json.dumps(variables, sort_keys=True), hashlib.sha256(makers).hexdigest())


def keep_plan(plan: Plan, place: Path) -> None:
    """Put a plan in the cache."""
    body = json.dumps(asdict(plan), sort_keys=True)
    keep(f"{_digest(body)}\n{body}".encode(), place, KEPT)


def kept_plan(place: Path | None) -> Plan | None:
    """The plan in the cache; None when there is none, or it is not whole."""
    try:
        digest, _, body = place.read_text("utf-8").partition("\n") if place else ("", "", "")
    except (OSError, UnicodeError):
        return None
    if not body or digest != _digest(body):
        return None
    content = json.loads(body)
    return Plan(content["first"], [Step(**step) for step in content["steps"]], content["facts"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
