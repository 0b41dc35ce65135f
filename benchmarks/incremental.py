"""What a new semester on ten years of history costs: a build that starts from the one before, beside one of everything.

    python benchmarks/incremental.py [--scale 10] [--years 2014-2023] [--runs 3] [--whole-run] [--work DIR] [--json FILE]

The deliveries of all years but those of the last semester are landed, built and published. Then the last semester is
landed, and the two ways of building take turns over the same landing: `build`, which starts from the release, and
`build --da-capo`. Each is the whole command, start-up included. With `--whole-run` so does `run` of the last semester,
each time from a copy of the home. Goal: a fifth. In `--work` what was done already is not done again.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from run_by_stage import Sample, machine, measure

from osservatorio.home import Home

GOAL = 0.2
WAYS = {"renewed": [], "anew": ["--da-capo"]}


def generate(scale: float, years: str, work: Path) -> tuple[Path, Path]:
    """Two folders of deliveries: all but the last semester, and the last semester."""
    before, last = work / "before", work / "last"
    if last.exists():
        return before, last
    folder = work / "deliveries"
    command = ["generate", "--out", str(folder), "--scale", f"{scale:g}", "--years", years]
    subprocess.run(
        [sys.executable, "-m", "osservatorio.cli", *command], check=True, stdout=subprocess.DEVNULL
    )
    before.mkdir()
    made = last.with_name("last.tmp")
    made.mkdir()
    newest = max(path.stem.rpartition("__")[2] for path in folder.iterdir())
    for path in folder.iterdir():
        path.rename((made if path.stem.endswith(newest) else before) / path.name)
    made.rename(last)
    return before, last


def published_home(work: Path, deliveries: Path) -> Path:
    """A home with the deliveries landed and published, and the plan of a build in the cache."""
    home = work / "home"
    if not Home(home).current.exists():
        if not home.exists():
            measure(["keys", "new"], home)
        measure(["run", str(deliveries)], home)
    return home


def take_turns(
    command: list[str], home: Path, runs: int, work: Path, *, in_copies: bool
) -> dict[str, list[Sample]]:
    """Way -> one sample for each run; what the build says it did is checked."""
    samples: dict[str, list[Sample]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, option in WAYS.items():
            place = work / "copy" if in_copies else home
            if in_copies:
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(home, place)
            samples[way].append(measure([*command, *option], place))
            print(command[0], way, asdict(samples[way][-1]), flush=True)
            if not in_copies:
                told = json.loads((Home(place).work / "candidate" / "build.json").read_text("utf-8"))
                assert told["how"]["renewed"] is (way == "renewed"), told["how"]
    return samples


def compared(samples: dict[str, list[Sample]]) -> dict[str, object]:
    """Medians of both ways and their ratio, wall and processor seconds."""
    found: dict[str, object] = {"samples": {way: [asdict(s) for s in told] for way, told in samples.items()}}
    for name in ("wall", "cpu"):
        medians = {way: statistics.median(getattr(s, name) for s in told) for way, told in samples.items()}
        found[name] = medians | {"ratio": round(medians["renewed"] / medians["anew"], 3)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=10)
    parser.add_argument("--years", default="2014-2023")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--whole-run", action="store_true")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        before, last = generate(options.scale, options.years, work)
        home = published_home(work, before)
        results: dict[str, object] = {
            "machine": machine(),
            "scale": options.scale,
            "years": options.years,
            "goal": GOAL,
        }
        if options.whole_run:
            results["run"] = compared(
                take_turns(["run", str(last)], home, options.runs, work, in_copies=True)
            )
        measure(["ingest", str(last)], home)
        results["build"] = compared(take_turns(["build"], home, options.runs, work, in_copies=False))
    for name in ("build", "run"):
        if told := results.get(name):
            for unit in ("wall", "cpu"):
                print(f"{name}, {unit} seconds: {told[unit]}; goal {GOAL}")  # type: ignore[index]
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=1) + os.linesep, "utf-8")


if __name__ == "__main__":
    main()
