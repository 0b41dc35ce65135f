"""How long `osservatorio run` takes and how much memory it uses, whole and stage by stage.

    python benchmarks/run_by_stage.py [--scales 1 10] [--runs 3] [--json FILE]

For each scale: deliveries are generated once; then every run starts from an empty home. Memory is the
largest sum, over time, of the resident memory of the command and its child processes, sampled every 50 ms.
The stages are timed as commands of their own, one after another; `run` overlaps them and pays each start once.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

STAGES = ("ingest", "validate", "build", "publish")


@dataclass
class Sample:
    """One command: wall and processor seconds, peak resident memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def _tree_rss(process: psutil.Process) -> int:
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def measure(arguments: list[str], home: Path) -> Sample:
    """Run `osservatorio` once and measure the whole process tree."""
    before = os.times()
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "osservatorio.cli", *arguments],
        env={**os.environ, "OSSERVATORIO_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    watched = psutil.Process(child.pid)
    peak = 0
    while child.poll() is None:
        try:
            peak = max(peak, _tree_rss(watched))
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    _, errors = child.communicate()
    wall = time.perf_counter() - start
    after = os.times()
    if child.returncode != 0:
        raise SystemExit(f"osservatorio {' '.join(arguments)}: exit {child.returncode}\n{errors.decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Sample(wall, cpu, peak / 1e6)


def bench(scale: float, runs: int, work: Path) -> dict[str, list[Sample]]:
    """Samples of generation, of the whole run and of each stage, at one scale."""
    deliveries = work / "deliveries"
    samples = {"generate": [measure(["generate", "--out", str(deliveries), "--scale", str(scale)], work)]}
    for number in range(runs):
        whole, apart = work / f"whole{number}", work / f"apart{number}"
        for home in (whole, apart):
            measure(["keys", "new"], home)
        samples.setdefault("run", []).append(measure(["run", str(deliveries)], whole))
        samples.setdefault("run again", []).append(measure(["run", str(deliveries)], whole))
        for stage in STAGES:
            extra = [str(deliveries)] if stage == "ingest" else []
            samples.setdefault(stage, []).append(measure([stage, *extra], apart))
    return samples


def median(samples: list[Sample], name: str) -> float:
    return statistics.median(getattr(sample, name) for sample in samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write every sample here")
    options = parser.parse_args()
    everything = {}
    print(f"{os.cpu_count()} cores, median of {options.runs} runs (spread of wall seconds in brackets)")
    for scale in options.scales:
        with tempfile.TemporaryDirectory() as folder:
            samples = bench(scale, options.runs, Path(folder))
        everything[scale] = {stage: [asdict(sample) for sample in each] for stage, each in samples.items()}
        print(f"\nscale {scale:g}\n{'stage':<10} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}")
        for stage, each in samples.items():
            walls = [sample.wall for sample in each]
            print(
                f"{stage:<10} {median(each, 'wall'):>8.1f} {median(each, 'cpu'):>8.1f} "
                f"{median(each, 'peak_mb'):>8.0f}  [{min(walls):.1f}-{max(walls):.1f}]"
            )
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
