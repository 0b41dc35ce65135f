"""Where the marts come from, read from the warehouse's graph: keys, extracts upstream, models and formulas behind."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

MARTS = "marts"
LANDED = "landing"  # the source whose tables are the extracts
KEY_TEST = "sound_rows"
CALENDAR = "calendar"  # meta of a model that only says which rows there are: no figure comes through it
LONG_TABLE = "mart_indicators"  # its figures are indicators, each made by one of the models that it reads
# An indicator in the text of a model: its code, or with `indicator_by` the code's beginning.
_INDICATOR = re.compile(r"indicator(_by)?\('(\w+)'")


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


def describe_graph(manifest: "Manifest") -> dict[str, dict[str, Any]]:
    """What each model is made of, for a figure to be followed through the texts of the project.

    `parents`: model -> names of what it reads: models and seeds, `landing.<extract>`, `macros/<file>.sql` of the
    formulas that it uses (only the lists for a calendar: no record comes through it). `macros`: file -> checksum, as
    for models. `indicators`: code of an indicator, or its beginning and `*` -> the model that computes it.
    """
    nodes: Mapping[str, Any] = {**manifest.nodes, **manifest.sources}
    models = {name: node for name, node in manifest.nodes.items() if node.resource_type == "model"}
    parents = {
        node.name: sorted(
            {
                _name(nodes[parent])
                for parent in node.depends_on_nodes
                if nodes[parent].resource_type == "seed" or not node.config.meta.get(CALENDAR)
            }
            | _formula_files(node.depends_on.macros, manifest)
        )
        for node in models.values()
    }
    read = {name for names in parents.values() for name in names}
    return {
        "parents": parents,
        "macros": {
            name: file.checksum.checksum
            for file in manifest.files.values()
            if (name := PurePath(file.path.original_file_path).as_posix()) in read
        },
        "indicators": {
            code + ("*" if is_beginning else ""): node.name
            for node in models.values()
            if node.name in parents.get(LONG_TABLE, ())
            for is_beginning, code in _INDICATOR.findall(node.raw_code)
        },
    }


def _name(node: Any) -> str:
    return f"{node.source_name}.{node.name}" if node.resource_type == "source" else node.name


def _formula_files(macros: list[str], manifest: "Manifest") -> set[str]:
    """The project's own macro files that a model uses, also through other macros."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(macros)
    while waiting:
        current = waiting.pop()
        macro = manifest.macros.get(current)
        if current in seen or macro is None or macro.package_name != manifest.metadata.project_name:
            continue
        seen.add(current)
        found.add(PurePath(macro.original_file_path).as_posix())
        waiting += macro.depends_on.macros
    return found
