"""What it costs to publish many Ambiti together, and how fast the pages' queries answer for one of them.

    python benchmarks/many_ambiti.py HOME --out DIR [--ambiti 100] [--rounds 3] [--once] [--json FILE]

HOME holds the published release of one Ambito, which is published as so many with other codes; nothing is written there.
DIR becomes a home with the release of them all, which `dashboard.py` can then open (`100=DIR`); what it holds already is
published again. Seconds are the processor's (user and system, of this process). Every query that the pages ask for the
latest complete semester is asked of the ordinary release and of one Ambito in the middle of the many, in turn; what the
pages keep between runs is left out.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from run_by_stage import machine

from dashboards import queries
from dashboards.queries import reading
from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.publication import publish_together
from osservatorio.ambiti.release import ambito_release
from osservatorio.home import Home
from osservatorio.locking import exclusive
from osservatorio.periods import parse_period
from osservatorio.release import Release, current_release_id, open_release, release_path
from osservatorio.settings import Settings

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
WHOLE = {"municipality_code": queries.ALL_MUNICIPALITIES}


@dataclass(frozen=True)
class Found:
    """Counts, bytes and processor seconds. `queries` has, by name, milliseconds on the ordinary release and on one of many."""

    ambiti: int
    rows: int
    own_bytes: int
    bytes: int
    publish_seconds: float
    again_seconds: float | None
    renew_seconds: float | None
    open_seconds: float
    memory: int
    queries: dict[str, tuple[float, float]]


def used(run: Callable[[], object]) -> float:
    """Processor seconds of something."""
    before = time.process_time()
    run()
    return time.process_time() - before


def asked(home: Home, many: int) -> list[Asked]:
    return [Asked(home, f"ambito-{number:03}", f"Ambito {number:03}") for number in range(1, many + 1)]


def questions(release: Release) -> dict[str, Callable[[Release], object]]:
    """What the pages ask for a period, by name."""
    known = queries.periods(release)
    period = known[(known.period_type == "semester") & known.is_complete].period.iloc[0]
    year = parse_period(period).start.year
    at = {"period_type": "semester", "period": period, **WHOLE}
    return {
        "periods": queries.periods,
        "columns": queries.columns,
        "caseload": lambda one: queries.caseload(one, **at),
        "caseload over time": lambda one: queries.caseload(one, period_type="semester", **WHOLE),
        "profile": lambda one: queries.profile(one, **at),
        "usage": lambda one: queries.usage(one, **at),
        "complaints": lambda one: queries.complaints(one, **at),
        "staffing": lambda one: queries.staffing(one, **at),
        "expenditure": lambda one: queries.expenditure(one, **at),
        "rule compliance": lambda one: queries.rule_compliance(one, **at),
        "cost sharing": lambda one: queries.cost_sharing(one, year=year, **WHOLE),
        "quality by body": queries.quality_by_body,
        "foster care": lambda one: queries.foster_care(one, **at),
    }


def compare(own: Release, one: Release, rounds: int) -> dict[str, tuple[float, float]]:
    """Median milliseconds of the processor of each question, of the ordinary release and of one of many."""
    found = {}
    for name, ask in questions(own).items():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds + 1):
            for release, times in zip((own, one), taken, strict=True):
                reading._kept.clear()
                times.append(used(lambda release=release, ask=ask: ask(release)) * 1000)
        found[name] = (statistics.median(taken[0][1:]), statistics.median(taken[1][1:]))
    return found


def measure(source: Home, out: Home, many: int, rounds: int, once: bool) -> Found:
    out.prepare()
    settings = Settings.of(out)

    def publish(which: list[Asked]) -> None:
        with exclusive(out, "benchmark"):
            publish_together(out, which, settings=settings, now=NOW)

    everyone = asked(source, many)
    first = used(lambda: publish(everyone))
    again = None if once else used(lambda: publish(everyone))
    renew = None if once else used(lambda: publish(everyone[:1]))
    with open_release(source) as own, open_release(out, of_many=True) as whole:
        code = everyone[many // 2].code or ""
        opening = used(lambda: ambito_release(whole, code).close())
        with ambito_release(whole, code) as one:
            asked_of = compare(own, one, rounds)
        counts = whole.manifest["row_counts"]
    return Found(
        many,
        sum(counts.values()),
        release_path(source, current_release_id(source) or "").stat().st_size,
        release_path(out, current_release_id(out) or "").stat().st_size,
        first,
        again,
        renew,
        opening,
        psutil.Process().memory_info().rss,
        asked_of,
    )


def show(found: Found) -> None:
    print(
        f"{found.ambiti} Ambiti, {found.rows:,} rows, {found.bytes / 1e6:,.0f} MB (one: {found.own_bytes / 1e6:,.0f} MB)"
    )
    print(f"publish: {found.publish_seconds:.0f} s ({found.publish_seconds / found.ambiti:.2f} s an Ambito)")
    if found.again_seconds is not None and found.renew_seconds is not None:
        print(f"publish the same again: {found.again_seconds:.0f} s; one alone: {found.renew_seconds:.0f} s")
    print(f"open one Ambito: {found.open_seconds:.3f} s; memory at the end: {found.memory / 1e6:,.0f} MB")
    print(f"\n{'milliseconds of the processor':<32} {'ordinary':>9} {'of many':>9} {'ratio':>6}")
    for name, (own, one) in found.queries.items():
        print(f"{name:<32} {own:>9.1f} {one:>9.1f} {one / own:>6.1f}")
    totals = [sum(pair[place] for pair in found.queries.values()) for place in (0, 1)]
    print(f"{'all':<32} {totals[0]:>9.1f} {totals[1]:>9.1f} {totals[1] / totals[0]:>6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ambiti", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--once", action="store_true", help="publish once, not again and not one alone")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    options = parser.parse_args()
    load = psutil.getloadavg()[0]
    home, out = Home(options.home), Home(options.out.absolute())
    found = measure(home, out, options.ambiti, options.rounds, options.once)
    show(found)
    print(f"\nProcesses waiting for a processor before and after: {load:.1f}, {psutil.getloadavg()[0]:.1f}.")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"machine": machine(), **asdict(found)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
