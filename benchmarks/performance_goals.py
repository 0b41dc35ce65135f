"""The goals of speed beside what was measured: the first table of docs/prestazioni.md.

Where a goal is missed the table is followed by where the time goes, from the same measures.
"""

import statistics
from dataclasses import dataclass
from typing import Any

from osservatorio.italian import number
from osservatorio.markdown import markdown_table

RUN_AT_SCALE_ONE = 15.0  # seconds
TIMES_THE_FLOOR = 1.5
MEMORY_MB = 2000
INGEST_AGAINST_READ_CSV = 0.6
NOTHING_MEASURED = "non misurato"

Measured = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """One line: figures as they are read, and in `why` where the time goes if it is missed."""

    what: str
    goal: str
    measured: str
    reached: bool | None
    why: str = ""


def middle(scale: Measured, stage: str, name: str) -> float:
    """The median over the runs of one figure of a stage."""
    return statistics.median(sample[name] for sample in scale["samples"][stage])


def verdict(reached: bool) -> str:
    return "raggiunto" if reached else "**mancato**"


def goals(run: Measured, ingest: Measured | None, incremental: Measured | None) -> list[Goal]:
    """The goals of the command line; what was never measured is said so."""
    by_scale = {scale["scale"]: scale for scale in run["scales"]}
    one, ten, hundred = (by_scale.get(scale) for scale in (1, 10, 100))
    return [
        _at_scale_one(one),
        *_at_scale_hundred(hundred),
        _cost_of_a_row(ten, hundred),
        _ingest(ingest),
        _incremental(incremental),
    ]


def goals_section(found: list[Goal]) -> list[str]:
    """The table, and after it where the time of the missed ones goes."""
    lines = [
        [
            goal.what,
            goal.goal,
            goal.measured,
            NOTHING_MEASURED if goal.reached is None else verdict(goal.reached),
        ]
        for goal in found
    ]
    missed = [f"- **{goal.what}**: {goal.why}" for goal in found if goal.reached is False and goal.why]
    parts = [markdown_table(["che cosa", "obiettivo", "misurato", "esito"], lines)]
    if missed:
        parts += ["Dove va il tempo, per gli obiettivi mancati:", "\n".join(missed)]
    return parts


def _at_scale_one(scale: Measured | None) -> Goal:
    what, goal = "`run` alla scala 1", f"{number(RUN_AT_SCALE_ONE)} s"
    if not scale:
        return Goal(what, goal, "", None)
    wall = middle(scale, "run", "wall")
    return Goal(what, goal, f"{number(wall, 1)} s", wall <= RUN_AT_SCALE_ONE, _beyond_the_floor(scale))


def _at_scale_hundred(scale: Measured | None) -> list[Goal]:
    times, memory = "`run` alla scala 100, volte il minimo", "memoria di `run` alla scala 100"
    if not scale:
        return [
            Goal(times, number(TIMES_THE_FLOOR, 1), "", None),
            Goal(memory, f"{number(MEMORY_MB)} MB", "", None),
        ]
    ratio = middle(scale, "run", "wall") / middle(scale, "floor", "wall")
    peak = middle(scale, "run", "peak_mb")
    return [
        Goal(
            times,
            number(TIMES_THE_FLOOR, 1),
            number(ratio, 2),
            ratio <= TIMES_THE_FLOOR,
            _beyond_the_floor(scale),
        ),
        Goal(memory, f"{number(MEMORY_MB)} MB", f"{number(peak)} MB", peak <= MEMORY_MB, _most_memory(scale)),
    ]


def _cost_of_a_row(ten: Measured | None, hundred: Measured | None) -> Goal:
    what = "microsecondi per riga alla scala 100, non più che alla scala 10"
    if not ten or not hundred:
        return Goal(what, "", "", None)
    before, after = (1e6 * middle(scale, "run", "wall") / scale["weight"]["rows"] for scale in (ten, hundred))
    return Goal(what, number(before, 1), number(after, 1), after <= before)


def _ingest(measured: Measured | None) -> Goal:
    what, goal = (
        "velocità di `ingest`, rispetto alla semplice lettura (`read_csv`)",
        number(INGEST_AGAINST_READ_CSV, 1),
    )
    if not measured:
        return Goal(what, goal, "", None)
    (bare, full), (bare_cpu, full_cpu) = (
        [statistics.median(sample[unit] for sample in measured[name]) for name in ("read_csv", "ingest")]
        for unit in ("wall", "cpu")
    )
    rows = measured["ingest"][0]["rows_read"]
    return Goal(
        f"{what}, su {number(rows / 1e6)} milioni di righe",
        goal,
        number(bare / full, 2),
        bare / full >= INGEST_AGAINST_READ_CSV,
        f"{number(full, 1)} s contro {number(bare, 1)}, {number(full_cpu, 1)} s di processore contro "
        f"{number(bare_cpu, 1)}; le parti sono in `benchmarks/README.md`.",
    )


def _incremental(measured: Measured | None) -> Goal:
    if not measured:
        return Goal("un nuovo semestre su dieci anni, parte di una costruzione da capo", "", "", None)
    what = (
        f"un nuovo semestre sugli anni {measured['years']} (scala {number(measured['scale'])}), parte di una "
        "costruzione da capo"
    )
    told = measured["build"]["cpu"]
    return Goal(
        f"{what}, in secondi di processore",
        number(measured["goal"], 1),
        number(told["ratio"], 2),
        told["ratio"] <= measured["goal"],
        f"{number(told['renewed'], 1)} s di processore contro {number(told['anew'], 1)}: quasi tutte le tabelle leggono "
        "le prese in carico, e chi ne apre una nuova le cambia; si rinnovano in parte solo le più grandi.",
    )


def _most_memory(scale: Measured) -> str:
    """The stages by the memory that each takes alone."""
    ingest, validate, build, floor = (
        number(middle(scale, stage, "peak_mb")) for stage in ("ingest", "validate", "build", "floor")
    )
    return (
        f"`ingest` da solo {ingest} MB, `build` {build}, e mentre costruisce lavorano anche i controlli (`validate` da solo "
        f"{validate}); il minimo ne tiene {floor}."
    )


def _beyond_the_floor(scale: Measured) -> str:
    """The stages beside the two halves of the floor, in seconds."""
    ingest, validate, build, publish, floor, read = (
        number(middle(scale, stage, "wall"), 1)
        for stage in ("ingest", "validate", "build", "publish", "floor", "floor: read")
    )
    models = number(middle(scale, "floor", "wall") - middle(scale, "floor: read", "wall"), 1)
    return (
        f"il minimo è {floor} s. Gli stadi, ciascuno da solo: `ingest` {ingest} s (sola lettura {read}), `validate` "
        f"{validate}, `build` con le sue prove {build} (soli modelli {models}), `publish` {publish}."
    )
