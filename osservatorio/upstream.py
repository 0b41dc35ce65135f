"""What a figure rests on, read from a release's manifest: models, formulas, lists and extracts.

Two models read many others of which one figure needs one only: `mart_indicators` one for each group of indicators,
`rule_outcomes` one for each rule. A figure of an indicator or of a rule leads to its own.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from osservatorio.lineage import LONG_TABLE

EXTRACT = "landing."
FORMULA = "macros/"
RULE_MODEL = "rule_"
RULES = "rule_outcomes"  # reads every rule
RECORD_KEYS = {"record_id", "minor", "delivery_id", "figure_id"}


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: its mart, the indicator that it is and the rule that it is about, where it is one.

    `source_mart` is the mart that shows the same figure of an indicator.
    """

    mart: str
    indicator: str | None = None
    rule: str | None = None
    source_mart: str | None = None


def computing_model(manifest: Mapping[str, Any], indicator: str) -> str | None:
    """The model that computes an indicator; None where the manifest does not say (earlier versions)."""
    return _match(manifest, indicator)[0]


def names_behind(manifest: Mapping[str, Any], origin: Origin) -> list[str]:
    """Names of what a figure rests on, the nearest first, beginning with what computes it.

    Models and lists by name, `landing.<extract>`, `macros/<file>.sql`. Empty where the manifest does not say.
    """
    parents = manifest.get("graph", {}).get("parents", {})
    if origin.mart not in parents:
        return []
    rule, own = origin.rule, None
    if origin.indicator is not None:
        own, rest = _match(manifest, origin.indicator)
        rule = rule or rest
    only = _rule_model(rule) if rule else None
    found: list[str] = []
    waiting = [own, origin.mart] if own else [origin.mart]
    while waiting:
        current = waiting.pop(0)
        if current in found:
            continue
        found.append(current)
        read = parents.get(current, [])
        if current == LONG_TABLE and own:
            groups = {*manifest["graph"]["indicators"].values()} - {own}
            read = [name for name in read if name not in groups]
        elif current == RULES and only in read:
            read = [name for name in read if not name.startswith(RULE_MODEL) or name == only]
        waiting += read
    return found


def extracts_behind(manifest: Mapping[str, Any], origin: Origin) -> list[str]:
    """The extracts that a figure comes from, in alphabetical order."""
    lineage = manifest.get("lineage", {})
    whole = lineage.get(origin.mart, [])
    names = names_behind(manifest, origin)
    found = {name.removeprefix(EXTRACT) for name in names if name.startswith(EXTRACT)} & {*whole}
    if origin.source_mart and origin.source_mart != origin.mart:
        shown = {*lineage.get(origin.source_mart, whole)}
        found = found & shown or shown
    return sorted(found) or whole


def lists_records(manifest: Mapping[str, Any], mart: str) -> bool:
    """Whether the rows of a mart are single records, deliveries or published figures, and no figures of a period."""
    return bool(RECORD_KEYS & {*manifest.get("keys", {}).get(mart, [])})


def origin_of(manifest: Mapping[str, Any], mart: str, codes: Collection[str]) -> Origin:
    """Where a row of a mart comes from, by its codes: an indicator of the long table, a rule of the rules' marts."""
    known = manifest.get("graph", {})
    rules = {name for name in known.get("parents", {}) if name.startswith(RULE_MODEL)}
    return Origin(
        mart,
        next((code for code in codes if mart == LONG_TABLE and _match(manifest, code)[0]), None),
        next((code for code in codes if _rule_model(code) in rules), None),
    )


def both_manifests(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What two manifests say of where figures come from: the later one, and of marts that it lacks the other."""
    lineage = {**before.get("lineage", {}), **after.get("lineage", {})}
    return {"lineage": lineage, "graph": after.get("graph") or before.get("graph", {})}


def _rule_model(rule: str) -> str:
    return RULE_MODEL + re.sub(r"\W", "_", rule.lower())


def _match(manifest: Mapping[str, Any], indicator: str) -> tuple[str | None, str | None]:
    """The model that computes an indicator, and the rest of its code where the model knows its beginning only."""
    known = manifest.get("graph", {}).get("indicators", {})
    if indicator in known:
        return known[indicator], None
    beginnings = [name[:-1] for name in known if name.endswith("*") and indicator.startswith(f"{name[:-1]}_")]
    if not beginnings:
        return None, None
    longest = max(beginnings, key=len)
    return known[f"{longest}*"], indicator[len(longest) + 1 :]
