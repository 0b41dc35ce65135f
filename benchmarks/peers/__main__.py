"""The product and its peers on the same works, in one run: seconds, memory, and whether the results are the same.

    python -m benchmarks.peers [--scales 1 10] [--runs 3] [--json FILE] [--work DIR] [--only WORK …]

Each peer runs in a process of its own over the same deliveries; before its figures count, its result is compared with
the product's. A peer that takes longer than the time it is given is told as such, and is not tried at a larger scale. `peers_page.py` makes a page of it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.checking import checking
from benchmarks.peers.ingesting import ingesting
from benchmarks.peers.measuring import Failed, Sample, TimedOut, measure
from benchmarks.peers.modelling import forget, modelling
from benchmarks.peers.peer import OURS, PEERS_PYTHON, SPARK_PYTHON, Peer, Work
from benchmarks.peers.prepared import ROOT, Ground, prepare

sys.path.insert(0, str(ROOT / "benchmarks"))

LONGEST = 300.0  # seconds that one run of a peer may take
TOO_LONG = 100.0  # a peer that takes longer at a scale is not tried at a larger one
ENOUGH = 20.0  # seconds of runs after which a peer is not run again
KINDS: dict[str, Callable[[Ground], list[Work]]] = {
    "checks": checking,
    "ingest": ingesting,
    "models": modelling,
}


def measure_peer(peer: Peer, ground: Ground, runs: int) -> dict[str, Any]:
    """Samples of a peer and the comparison of its first result; `timeout` or `failed` where it gave none."""
    samples: list[Sample] = []
    told: dict[str, Any] = {"peer": peer.name}
    try:
        peer.prepare(ground)
        while len(samples) < runs and (
            not samples or sum(s.wall for s in samples) + samples[-1].wall < ENOUGH
        ):
            peer.reset(ground)
            sample = measure(peer.command(ground), LONGEST)
            if not samples:
                told["compared"] = peer.compare(ground)
            samples.append(sample)
    except TimedOut:
        told["timeout"] = LONGEST
    except (Failed, duckdb.Error, KeyError, OSError) as failure:  # the other peers are measured all the same
        told["failed"], samples = f"{type(failure).__name__}: {failure}"[-2000:], []
    return {**told, "samples": [asdict(sample) for sample in samples], "about": peer.tell(ground)}


def bench(
    ground: Ground, runs: int, only: list[str], slow: dict[tuple[str, str], float]
) -> list[dict[str, Any]]:
    """Every work at one scale; `slow` has the seconds of the peers that took too long at a smaller one, and learns."""
    results = []
    for kind, works in KINDS.items():
        if only and kind not in only:
            continue
        for work in works(ground):
            measured = []
            for peer in work.peers:
                place = (work.name, peer.name)
                if place in slow:
                    measured.append({"peer": peer.name, "not_tried": slow[place], "samples": [], "about": {}})
                    continue
                measured.append(measure_peer(peer, ground, runs))
                longest = max((sample["wall"] for sample in measured[-1]["samples"]), default=0.0)
                if "timeout" in measured[-1] or longest > TOO_LONG:
                    slow[place] = measured[-1].get("timeout", longest)
            results.append({"work": work.name, "about": work.about, "peers": measured})
            _say(ground, results[-1])
    return results


def _say(ground: Ground, result: dict[str, Any]) -> None:
    print(f"\nscale {ground.scale:g}, {result['work']}: {result['about'].get('models', '')}")
    ours = next(peer for peer in result["peers"] if peer["peer"] == OURS)
    base = statistics.median(sample["wall"] for sample in ours["samples"]) if ours["samples"] else None
    for peer in result["peers"]:
        if not peer["samples"]:
            print(
                f"{peer['peer']:<12} {peer.get('failed') or ('not tried' if 'not_tried' in peer else 'time-out')}"
            )
            continue
        walls = [sample["wall"] for sample in peer["samples"]]
        cpu = statistics.median(sample["cpu"] for sample in peer["samples"])
        peak = max(sample["peak_mb"] for sample in peer["samples"])
        ratio = f"{statistics.median(walls) / base:6.2f}" if base else ""
        compared = peer.get("compared") or {}
        same = f"{compared['different']} of {compared['cells']} {compared['unit']} differ" if compared else ""
        print(
            f"{peer['peer']:<12} {statistics.median(walls):>7.1f} s [{min(walls):.1f}-{max(walls):.1f}] cpu {cpu:>6.1f} "
            f"{peak:>6.0f} MB {ratio} {same}",
            flush=True,
        )
        for line in compared.get("shown", ()):
            print(f"    {line}")


def _versions() -> dict[str, str]:
    """Which tools were measured."""

    def of(python: Path, *names: str) -> dict[str, str]:
        words = f"import json; from importlib.metadata import version as v; print(json.dumps({{n: v(n) for n in {names!r}}}))"
        return json.loads(subprocess.run([python, "-c", words], check=True, stdout=subprocess.PIPE).stdout)

    ours = {
        name: version(name)
        for name in ("duckdb", "dbt-duckdb", "pandas", "pyarrow", "great-expectations", "pydantic")
    }
    return {
        **ours,
        **of(PEERS_PYTHON, "dbt-postgres", "sqlmesh", "sqlglot"),
        **of(SPARK_PYTHON, "pyspark"),
    }


def main() -> None:
    from run_by_stage import machine

    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__.splitlines()[0])
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=sorted(KINDS), default=[])
    parser.add_argument("--work", type=Path, help="folder of the work")
    parser.add_argument("--json", type=Path, help="write every sample here")
    options = parser.parse_args()
    scales: list[dict[str, Any]] = []
    slow: dict[tuple[str, str], float] = {}
    for scale in options.scales:
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            others = os.getloadavg()[0]  # processes that want a processor before anything of ours does
            ground = prepare(Path(folder), scale)
            try:
                works = bench(ground, options.runs, options.only, slow)
                scales.append({"scale": scale, "rows": ground.rows, "load": others, "works": works})
            finally:
                forget(ground)
        if options.json:  # after each scale: a long one may be stopped
            options.json.parent.mkdir(parents=True, exist_ok=True)
            measured = {"machine": machine(), "versions": _versions(), "longest": LONGEST, "scales": scales}
            options.json.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
