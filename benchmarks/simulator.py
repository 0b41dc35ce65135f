"""How long the simulator of cost sharing takes to answer, as behind a slider: within 200 ms at scale 1.

    python benchmarks/simulator.py HOME [--runs 20]

HOME holds a published release. Each run opens nothing: the release is open, as on a page, and the terms change every
time, so that no answer is one already given.
"""

import argparse
import statistics
import time
from decimal import Decimal
from pathlib import Path

from osservatorio.cost_sharing import Scenario, TariffChange, simulate
from osservatorio.home import Home
from osservatorio.release import Release, open_release


def measure(release: Release, year: int, runs: int) -> list[float]:
    """Seconds of each run, the first of which warms up and is left out."""
    seconds = []
    for run in range(runs + 1):
        scenario = Scenario(year, (TariffChange("adm", isee_iniziale=Decimal(6000 + 100 * run)),))
        start = time.perf_counter()
        simulate(release, scenario)
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    with open_release(Home(options.home)) as release:
        ((year, rows),) = release.rows(
            """select year, sum(contributions) from mart_cost_sharing
            where municipality_code = 'AMBITO' and prestazione = 'TUTTE' group by year order by 2 desc limit 1"""
        )
        seconds = measure(release, year, options.runs)
    print(
        f"{rows:,} contributions of {year}: median {statistics.median(seconds) * 1000:.0f} ms, "
        f"from {min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f} ms ({options.runs} runs)"
    )


if __name__ == "__main__":
    main()
