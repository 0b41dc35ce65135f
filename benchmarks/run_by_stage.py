"""How long `osservatorio run` takes, how much memory and disk it uses, whole, stage by stage and beside its floor.

    python benchmarks/run_by_stage.py [--scales 1 10 100] [--runs 3] [--stage-runs 3] [--work DIR] [--json FILE]

For each scale: deliveries are generated once; then every run starts from an empty home. Memory is the largest sum,
over time, of what the command and its child processes hold, sampled every 50 ms or as often as it hardly costs anything;
pages that they share count once.
The stages are timed as commands of their own, one after another; `run` overlaps them and pays each start once.
The floor (`floor.py`) is bare DuckDB over the same files and the same SQL, with the same threads and memory.
`performance_page.py` makes docs/prestazioni.md and its pictures of what `--json` writes.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
from floor import measure_floor
from process_memory import tree_memory

from osservatorio.home import Home
from osservatorio.settings import Settings

STAGES = ("ingest", "validate", "build", "publish")


@dataclass
class Sample:
    """One command: wall and processor seconds, peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


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
    peak = 0
    while child.poll() is None:
        began = time.perf_counter()
        peak = max(peak, tree_memory(child.pid))
        # Looking takes the longer the more there is: no more than a fiftieth of one processor goes to it.
        time.sleep(max(0.05, 50 * (time.perf_counter() - began)))
    _, errors = child.communicate()
    wall = time.perf_counter() - start
    after = os.times()
    if child.returncode != 0:
        raise SystemExit(f"osservatorio {' '.join(arguments)}: exit {child.returncode}\n{errors.decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Sample(wall, cpu, peak / 1e6)


@dataclass
class Weight:
    """What a scale is made of: rows and bytes of the deliveries, bytes of the landing and of the release."""

    files: int
    rows: int
    deliveries_mb: float
    landing_mb: float
    release_mb: float


def _megabytes(*paths: Path) -> float:
    return sum(path.stat().st_size for path in paths) / 1e6


def weigh(deliveries: Path, home: Path) -> Weight:
    """Rows and bytes after a run of the deliveries in the home."""
    told = subprocess.run(
        [sys.executable, "-m", "osservatorio.cli", "--home", str(home), "status", "--json"],
        check=True,
        stdout=subprocess.PIPE,
    )
    files = list(deliveries.iterdir())
    return Weight(
        len(files),
        sum(delivery["rows_read"] for delivery in json.loads(told.stdout)["deliveries"]),
        _megabytes(*files),
        _megabytes(home / "landing.duckdb"),
        _megabytes(*(home / "releases").glob("*.duckdb")),
    )


def bench(scale: float, runs: int, stage_runs: int, work: Path) -> tuple[Weight, dict[str, list[Sample]]]:
    """What the scale weighs; samples of generation, of the whole run, of each stage and of the floor."""
    deliveries = work / "deliveries"
    samples = {"generate": [measure(["generate", "--out", str(deliveries), "--scale", str(scale)], work)]}
    settings = Settings()
    for number in range(runs):
        whole, apart = work / f"whole{number}", work / f"apart{number}"
        measure(["keys", "new"], whole)
        samples.setdefault("run", []).append(measure(["run", str(deliveries)], whole))
        if number < stage_runs:
            measure(["keys", "new"], apart)
            samples.setdefault("run again", []).append(measure(["run", str(deliveries)], whole))
            for stage in STAGES:
                extra = [str(deliveries)] if stage == "ingest" else []
                samples.setdefault(stage, []).append(measure([stage, *extra], apart))
            shutil.rmtree(apart)
        floor = measure_floor(Home(whole), deliveries, settings.threads, settings.memory_limit)
        samples.setdefault("floor", []).append(Sample(floor.wall, floor.cpu, floor.peak_mb))
        samples.setdefault("floor: read", []).append(Sample(floor.read, floor.read_cpu, floor.peak_mb))
        weight = weigh(deliveries, whole)
        shutil.rmtree(whole)
    return weight, samples


def machine() -> dict[str, object]:
    """Where it was measured, in the words that a reader needs to compare."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": version("duckdb"),
        "threads": Settings().threads,
        "memory_limit": Settings().memory_limit,
    }


def median(samples: list[Sample], name: str) -> float:
    return statistics.median(getattr(sample, name) for sample in samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--stage-runs", type=int, help="in how many of them also the stages one by one (all)")
    parser.add_argument("--work", type=Path, help="folder of the work, with room for the largest scale")
    parser.add_argument("--json", type=Path, help="also write every sample here; other scales in it stay")
    options = parser.parse_args()
    before = json.loads(options.json.read_text("utf-8")) if options.json and options.json.exists() else {}
    scales = {scale["scale"]: scale for scale in before.get("scales", [])}
    print(f"{os.cpu_count()} cores, median of {options.runs} runs (spread of wall seconds in brackets)")
    for scale in options.scales:
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            weight, samples = bench(scale, options.runs, options.stage_runs or options.runs, Path(folder))
        scales[scale] = {
            "scale": scale,
            "weight": asdict(weight),
            "samples": {stage: [asdict(sample) for sample in each] for stage, each in samples.items()},
        }
        print(
            f"\nscale {scale:g}: {weight}\n{'stage':<11} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'rows/s':>10}"
        )
        for stage, each in samples.items():
            walls = [sample.wall for sample in each]
            print(
                f"{stage:<11} {median(each, 'wall'):>8.1f} {median(each, 'cpu'):>8.1f} "
                f"{median(each, 'peak_mb'):>8.0f} {weight.rows / median(each, 'wall'):>10,.0f}"
                f"  [{min(walls):.1f}-{max(walls):.1f}]"
            )
        print(f"run / floor {median(samples['run'], 'wall') / median(samples['floor'], 'wall'):.2f}")
        if options.json:  # after each scale: a long one may be stopped
            options.json.parent.mkdir(parents=True, exist_ok=True)
            told = {"machine": machine(), "scales": [scales[key] for key in sorted(scales)]}
            options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
