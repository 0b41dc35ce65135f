"""Rules, complaints and satisfaction: tables to protect."""

from collections.abc import Sequence
from itertools import product

from osservatorio.periods import YEAR
from reporting.assembly.known import Codes
from reporting.context import Context
from reporting.disclosure.cells import Cell, Table
from reporting.protected import known
from reporting.protected.counting import cells_of, columns_of, fewest
from reporting.protected.known import PERIOD, PHASE, RULE, TOWN, WAVE
from reporting.queries import AMBITO, TUTTE, TUTTI, Record


def compliance(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """Checks on records about persons; those on whole periods are nobody's, and are read as they are."""
    figures = (known.COMPLIANT, known.NOT_COMPLIANT)
    columns = columns_of(figures)
    where = {"period_type": YEAR, "period": tuple(years)}
    rows = context.read(known.RULES, ("period", "municipality_code", "rule_id", *columns), where)
    rules = [row for row in rows if row["municipality_code"] == AMBITO and row["rule_id"] in codes.rules]
    # The mart's total of the Ambito has the checks on whole periods too: the margin is of the rules that stand here.
    totals = [
        {
            "period": period,
            "rule_id": TUTTE,
            "municipality_code": AMBITO,
            **{name: sum(row[name] for row in rules if row["period"] == period) for name in columns},
        }
        for period in years
        if any(row["period"] == period for row in rules)
    ]
    towns = [row for row in rows if row["municipality_code"] != AMBITO and row["rule_id"] == TUTTE]

    def behind(row: Record, _: str) -> int | None:
        """All complaints are told elsewhere: what was answered in time gives away what was not."""
        return fewest(*(row[name] for name in columns)) if row["rule_id"] == known.COMPLAINTS_RULE else None

    return [
        Table(
            "verifiche_regola",
            (PERIOD, RULE),
            tuple(cells_of([*rules, *totals], lambda r: (r["period"], r["rule_id"]), figures, behind)),
        ),
        Table(
            "verifiche_comune",
            (PERIOD, TOWN),
            tuple(
                cells_of([*towns, *totals], lambda r: (r["period"], r["municipality_code"]), figures, behind)
            ),
        ),
    ]


def complaints(context: Context, years: Sequence[str]) -> list[Table]:
    """The complaints of the Ambito by what came of them: parts that add up to all.

    How many were answered in time is a rule among the others, and stands there alone.
    """
    names = ("received", "answered", "upheld")
    where = {"period_type": YEAR, "period": tuple(years), "municipality_code": AMBITO, "service_code": TUTTI}
    cells = []
    for row in context.read(known.COMPLAINTS, ("period", *names), where):
        received, answered, upheld = (row[name] or 0 for name in names)
        outcomes = {
            known.UPHELD: upheld,
            known.NOT_UPHELD: answered - upheld,
            known.UNANSWERED: received - answered,
            TUTTI: received,
        }
        cells += [Cell((row["period"], code), known.RECEIVED, count) for code, count in outcomes.items()]
    return [Table("reclami_esito", (PERIOD, known.OUTCOME), tuple(cells))]


def satisfaction(context: Context, years: Sequence[str]) -> list[Table]:
    """Questionnaires and satisfied answers of the surveys that ended in the years, by municipality and by phase."""
    of_town = (
        known.DISTRIBUTED,
        known.RETURNED,
        known.RESPONSE_RATE,
        known.ANSWERS,
        known.SATISFIED,
        known.SATISFIED_RATE,
    )
    of_phase = of_town[3:]
    ended = tuple(f"{year}-S{half}" for year, half in product(years, (1, 2)))

    def behind(row: Record, key: str) -> int | None:
        return None if key in (known.RETURNED, known.DISTRIBUTED) else row["returned"] or None

    def read(index: str, figures: Sequence[str], **where: object) -> list[Record]:
        names = ("rilevazione", index, *dict.fromkeys(("returned", *columns_of(figures))))
        return context.read(known.SATISFACTION, names, {"period": ended, "service_code": TUTTI, **where})

    towns = read("municipality_code", of_town, phase=TUTTE)
    phases = read("phase", of_phase, municipality_code=AMBITO)
    return [
        Table(
            "soddisfazione_comune",
            (WAVE, TOWN),
            tuple(cells_of(towns, lambda r: (r["rilevazione"], r["municipality_code"]), of_town, behind)),
        ),
        Table(
            "soddisfazione_fase",
            (WAVE, PHASE),
            tuple(cells_of(phases, lambda r: (r["rilevazione"], r["phase"]), of_phase, behind)),
        ),
    ]
