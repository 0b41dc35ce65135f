"""Where the marts come from, read from the warehouse's graph: for each mart its key and the extracts upstream of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

MARTS = "marts"
LANDED = "landing"  # the source whose tables are the extracts
KEY_TEST = "sound_rows"
CALENDAR = "calendar"  # meta of a model that only says which rows there are: no figure comes through it


def describe_marts(manifest: "Manifest") -> dict[str, dict[str, list[str]]]:
    """`lineage` (mart -> extracts upstream) and `keys` (mart -> its key columns) of every mart.

    A mart that is made from the account of the deliveries alone comes from every extract.
    """
    nodes: Mapping[str, Any] = {**manifest.nodes, **manifest.sources}
    marts = {
        name: node
        for name, node in manifest.nodes.items()
        if node.resource_type == "model" and MARTS in node.fqn
    }
    extracts = sorted(source.name for source in manifest.sources.values() if source.source_name == LANDED)
    lineage = {node.name: _extracts_upstream(name, nodes) or extracts for name, node in marts.items()}
    keys: dict[str, list[str]] = {}
    for node in manifest.nodes.values():
        test = getattr(node, "test_metadata", None)
        if test and test.name == KEY_TEST and node.attached_node in marts:
            keys[marts[node.attached_node].name] = list(test.kwargs["key"])
    return {"lineage": lineage, "keys": keys}


def _extracts_upstream(name: str, nodes: Mapping[str, Any]) -> list[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in nodes:
            continue
        seen.add(current)
        node = nodes[current]
        if getattr(node, "source_name", None) == LANDED:
            found.add(node.name)
        if not node.config.meta.get(CALENDAR):
            waiting += getattr(node, "depends_on_nodes", ())
    return sorted(found)
