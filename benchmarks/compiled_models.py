"""The models of the warehouse as plain SQL, in the order in which they can be run without dbt."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from osservatorio.build import PROJECT
from osservatorio.home import Home


@dataclass(frozen=True)
class CompiledModel:
    """One model: its relation as it stands in the SQL, whether it is a table or a view, its select."""

    name: str
    relation: str
    kind: str
    sql: str


def compile_models(home: Home, as_of: str, variables: dict[str, object]) -> list[CompiledModel]:
    """Every model, compiled over the landing of a home in a process of its own (dbt stays out of this one)."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "models.json"
        environment = {
            **os.environ,
            "OSSERVATORIO_BUILD_DB": f"{folder}/release.duckdb",
            "OSSERVATORIO_SCRATCH_DB": f"{folder}/scratch.duckdb",
            "OSSERVATORIO_LANDING_DB": str(home.landing),
            "OSSERVATORIO_TEMP_DIR": folder,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        words = json.dumps({"as_of": as_of, **variables})
        command = [sys.executable, __file__, folder, words, str(result)]
        subprocess.run(command, env=environment, check=True)
        return [CompiledModel(**model) for model in json.loads(result.read_text())]


def _compile(target: str, variables: str) -> list[CompiledModel]:
    from dbt.cli.main import dbtRunner

    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places = ["--target-path", target, "--log-path", target, "--log-level-file", "none"]
    arguments = [
        "compile",
        *project,
        *places,
        "--vars",
        variables,
        "--quiet",
        "--select",
        "resource_type:model",
    ]
    outcome = dbtRunner().invoke(arguments)
    if not outcome.success:
        raise SystemExit(f"dbt compile: {outcome.exception or [r.message for r in outcome.result.results]}")
    nodes = {result.node.unique_id: result.node for result in outcome.result.results}
    before = {
        name: [parent for parent in node.depends_on.nodes if parent in nodes] for name, node in nodes.items()
    }
    return [
        CompiledModel(node.name, node.relation_name, node.config.materialized, node.compiled_code)
        for node in map(nodes.__getitem__, TopologicalSorter(before).static_order())
        if str(node.resource_type) == "model"
    ]


if __name__ == "__main__":
    folder, variables, result = sys.argv[1:]
    Path(result).write_text(json.dumps([asdict(model) for model in _compile(folder, variables)]))
