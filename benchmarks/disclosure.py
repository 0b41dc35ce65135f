"""What the protection of small tables costs: cells withheld beside the least possible, what simpler ways leak, seconds.

    python benchmarks/disclosure.py [HOME] [--year 2022] [--cases 1200] [--seeds 1] [--json FILE] [--markdown FILE]
    python benchmarks/disclosure.py HOME --exports [--year 2022]

Tables of the Ambito's size (10 towns, 8 services, 4 or 7 age bands), and with a HOME the year's pack of its release, with
the pack of the year before in the register. For each, at a threshold of 3 and of 5:

- withheld: distinct figures withheld, of which by the first rule; `bound`: no protection with the same promise withholds
  fewer with those totals, as the programme proves;
- what the attacker works out, exactly or more narrowly than was promised, when only the first rule is applied (`naive`),
  and when every line with one hole gets a second one, the smallest figure, until none is left (`greedy`);
- seconds of the protection with its audit; those of the processor, and of the processor for the audit alone.

With `--exports` instead: the packs and the open data of the year and of the next in turn, and governance, each with all that
left before in the register, as `disclosure_exports.py` says.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from disclosure_cases import random_tables, year_pack
from disclosure_exports import exports, lines

from osservatorio.home import Home
from osservatorio.release import open_release
from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.cells import Figure, ProtectedSet, all_cells, figure_of
from reporting.disclosure.history import promises, publication_of, shown_since
from reporting.disclosure.leaving import demand_of, published
from reporting.disclosure.ledger import Entry
from reporting.disclosure.lines import Part, layout_of, lines_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.primary import sensitive_figures
from reporting.disclosure.protect import protect

SECRET = b"il segreto della misura"
THRESHOLDS = (3, 5)


@dataclass(frozen=True)
class Leak:
    """What an attacker works out: figures exactly, and all figures more narrowly than was promised."""

    withheld: int
    exact: int
    narrow: int


@dataclass(frozen=True)
class Sample:
    """One set of tables under one threshold."""

    tables: str
    threshold: int
    figures: int
    sensitive: int
    withheld: int
    bound: int
    totals: int
    naive: Leak
    greedy: Leak
    ours: Leak
    seconds: float
    cpu_seconds: float
    audit_seconds: float


def measure(
    name: str, given: ProtectedSet, threshold: int, history: Sequence[Entry] = ()
) -> tuple[Sample, Entry]:
    """Protect, attack what each way gives, and count distinct figures."""
    policy = Policy(threshold=threshold)
    start, worked = time.perf_counter(), time.process_time()
    done = protect(given, release=name, export=name, policy=policy, secret=SECRET, entries=history)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    values = _values(given)
    sensitive = sensitive_figures(given.known, given.tables, policy)
    attack = _attack(given, values, sensitive, policy, history)
    start = time.process_time()
    ours = attack(done.suppression.withheld)
    audited = time.process_time() - start
    found = done.suppression
    sample = Sample(
        name,
        threshold,
        len(values),
        len(sensitive),
        len(found.withheld),
        len(found.withheld) - int(found.weight - found.bound),
        len(found.given_up),
        attack(sensitive),
        attack(greedy(given, values, sensitive)),
        ours,
        round(seconds, 2),
        round(worked, 2),
        round(audited, 2),
    )
    return sample, Entry(len(history) + 1, datetime(2023, 3, 1).isoformat(), done.export)


def _values(given: ProtectedSet) -> dict[Figure, float]:
    """The figures that may be withheld, each once."""
    known = given.known
    return {
        figure_of(known, cell.measure, table.dimensions, cell.place): float(cell.value)
        for table, cell in all_cells(given.tables)
        if cell.measure in known.measures
        and cell.value is not None
        and not known.measures[cell.measure].is_public
    }


def _attack(
    given: ProtectedSet,
    values: dict[Figure, float],
    sensitive: Collection[Figure],
    policy: Policy,
    history: Sequence[Entry],
) -> Callable[[Collection[Figure]], Leak]:
    """The attack on the tables with some figures withheld, together with what left before."""
    demands: dict[tuple[str, str, frozenset[tuple[str, str]]], Demand] = {
        ("", figure.measure, frozenset(figure.at)): demand_of(given.known, figure, values[figure], policy)
        for figure in sensitive
    }

    def attack(withheld: Collection[Figure]) -> Leak:
        tables = tuple(published(given.known, table, withheld) for table in given.tables)
        result = audit(
            [*(publication_of(entry) for entry in history), Publication("", "", given.known, tables)],
            policy,
            demands={**promises(history), **demands},
            excused=shown_since(history, {}),
            only=[""],
            explain=False,
        )
        broken = {breach.cell.unknown: breach.is_exact for breach in result.breaches}
        return Leak(len(withheld), sum(broken.values()), len(broken))

    return attack


def greedy(given: ProtectedSet, values: dict[Figure, float], sensitive: Collection[Figure]) -> set[Figure]:
    """The usual second pass: no line with one hole. The smallest figure that is not 0 fills it, a total last."""
    known = given.known
    layouts = {
        layout_of(known, table.dimensions, figure_of(known, cell.measure, table.dimensions, cell.place))
        for table, cell in all_cells(given.tables)
        if cell.measure in known.measures
    }
    lines = [
        [figure for figure, _ in line.terms]
        for line in lines_of(known, layouts, values, Part.CORE)
        if (line.low, line.high) == (0.0, 0.0)
    ]
    of = defaultdict(list)
    for line in lines:
        for figure in line:
            of[figure].append(line)
    withheld = set(sensitive)
    left = list(lines)
    while left:
        line = left.pop()
        holes = [figure for figure in line if figure in withheld]
        candidates = [figure for figure in line if figure in values and figure not in withheld]
        if len(holes) == 1 and candidates:
            chosen = min(candidates, key=lambda one: (values[one] == 0, -len(one.at), values[one], one))
            withheld.add(chosen)
            left += of[chosen]
    return withheld


def cases(home: Path | None, year: int, count: int, seeds: int) -> Iterable[Sample]:
    """All that is measured, one sample at a time."""
    shapes = (
        ("three tables, 4 bands", 4, False),
        ("three tables, 7 bands", 7, False),
        ("one cube, 4 bands", 4, True),
    )
    for name, bands, whole_cube in shapes:
        for seed in range(seeds):
            given = random_tables(seed, bands, count, whole_cube=whole_cube)
            for threshold in THRESHOLDS:
                yield measure(f"{name} (seed {seed})", given, threshold)[0]
    if home is not None:
        with open_release(Home(home)) as release:
            packs = {one: year_pack(release, one) for one in (year - 1, year)}
        for threshold in THRESHOLDS:
            history: list[Entry] = []
            for one, given in packs.items():
                sample, entry = measure(f"pack of {one}", given, threshold, history)
                history.append(entry)
                yield sample


HEADER = (
    "| tables | t | figures | first rule | withheld | bound | naive: exact / narrow | greedy: withheld, exact / narrow "
    "| ours: exact / narrow | seconds | of the processor | audit |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def markdown(one: Sample) -> str:
    """A line of the table."""
    return (
        f"| {one.tables} | {one.threshold} | {one.figures} | {one.sensitive} | {one.withheld} | {one.bound} "
        f"| {one.naive.exact} / {one.naive.narrow} | {one.greedy.withheld}, {one.greedy.exact} / {one.greedy.narrow} "
        f"| {one.ours.exact} / {one.ours.narrow} | {one.seconds} | {one.cpu_seconds} | {one.audit_seconds} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--year", type=int, default=2022)
    parser.add_argument("--cases", type=int, default=1200)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--exports", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    if options.exports:
        if options.home is None:
            parser.error("--exports needs a home")
        print(*lines(list(exports(options.home, (options.year, options.year + 1)))), sep="\n")
        return
    print(HEADER)
    samples = []
    for sample in cases(options.home, options.year, options.cases, options.seeds):
        samples.append(sample)
        print(markdown(sample), flush=True)
    print(f"\nmedian of {len(samples)}: {statistics.median(one.seconds for one in samples):.2f} s")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in samples], indent=1) + "\n", "utf-8")
    if options.markdown:
        options.markdown.write_text("\n".join([HEADER, *map(markdown, samples)]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
