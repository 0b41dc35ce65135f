"""Marts of the made-up release whose figures are filled in by their format alone.

Each has its own keys and names; every other column that the seed `mart_columns` describes gets a value that depends on
the keys only: counts of a few tens, shares below one, amounts in euro.
"""

from dataclasses import dataclass, field

import duckdb
from report_release import TYPES

# Where the rows of a mart come from (a select list and its source), and columns that are worked out from others.
PERIODS = "select period_type, period, period_start, period_end, is_complete from periods"
SHORT_PERIODS = f"{PERIODS} where period_type <> 'month'"
YEARS = "select y as year, y < 2023 as is_complete from years"
TOWNS = "select municipality_code, municipality_name from towns"
LISTED = "select code as {key}, label as {key}_name from seeds.code_lists where code_list in ({lists})"


def _listed(key: str, *lists: str) -> str:
    return LISTED.format(key=key, lists=", ".join(f"'{name}'" for name in lists))


@dataclass(frozen=True)
class Mart:
    """A mart: the lists whose product are its rows, and SQL for the columns that are not filled in by format."""

    lists: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)
    where: str = "true"


SERVICES = "select service_code, service_name, has_cases from offices"
PRESTAZIONI = _listed("prestazione", "prestazione", "total_prestazione")
RULES = """
    select rule_id, title as rule_title, document, article, severity, note, sort_order::int as rule_order, record_name
    from seeds.rules
"""
ALL_RULES = f"{RULES} union all select 'TUTTE', 'Tutte le regole', null, null, null, null, 0, null"
DEADLINES = """
    select deadline_kind, name as deadline_name, article, horizon_days::int as horizon_days,
        sort_order::int as deadline_order, record_name, what_to_do
    from seeds.deadline_kinds
"""
NUMBERS = "select unnest(range(1, {many})) as n"

MARTS = {
    "mart_supervised_meetings": Mart((PERIODS, TOWNS)),
    "mart_contact": Mart((PERIODS, TOWNS)),
    "mart_flow": Mart((YEARS, TOWNS)),
    "mart_foster_care": Mart((SHORT_PERIODS, TOWNS)),
    "mart_residential_care": Mart((SHORT_PERIODS, TOWNS)),
    "mart_placement_stability": Mart((YEARS, TOWNS)),
    "mart_staffing": Mart(
        (PERIODS, TOWNS, SERVICES, _listed("profilo", "profilo_operatore", "total_profilo")),
        where="has_cases",
    ),
    "mart_contract_hours": Mart(
        (PERIODS, SERVICES), where="service_code in (select service_code from seeds.contract_hours)"
    ),
    "mart_cost_sharing": Mart((YEARS, TOWNS, PRESTAZIONI)),
    "mart_cost_sharing_by_isee": Mart(
        (
            YEARS,
            TOWNS,
            PRESTAZIONI,
            "select code as isee_band, label as isee_band_name, sort_order::int as isee_band_order "
            "from seeds.code_lists where code_list = 'isee_band'",
        )
    ),
    "mart_cost_sharing_mismatches": Mart(
        (
            f"{TOWNS} where municipality_code <> 'AMBITO'",
            "select y as year, make_date(y, 3, 1) as month from years",
            f"{_listed('prestazione', 'prestazione')}",
            f"{_listed('explanation', 'cost_sharing_mistake')} limit 3",
        ),
        {"codice_ente": "municipality_code", "record_id": "'C' || year || prestazione || explanation"},
    ),
    "mart_isee_simulation": Mart(
        (
            YEARS,
            TOWNS,
            PRESTAZIONI,
            "select s.scenario_code, c.label as scenario_name, s.description as scenario_description, "
            "c.sort_order::int as scenario_order from seeds.isee_scenarios s inner join seeds.code_lists c "
            "on c.code_list = 'isee_scenario' and c.code = s.scenario_code",
        )
    ),
    "mart_rule_compliance": Mart((SHORT_PERIODS, TOWNS, ALL_RULES), {"is_not_recorded": "false"}),
    "mart_rule_findings": Mart(
        (
            f"{TOWNS} where municipality_code <> 'AMBITO'",
            RULES,
            f"{NUMBERS.format(many=4)}",
            f"{_listed('outcome', 'rule_outcome')} where code in ('not_compliant', 'not_assessable')".replace(
                "where code_list in ('rule_outcome') where", "where code_list = 'rule_outcome' and"
            ),
        ),
        {
            "codice_ente": "municipality_code",
            "record_id": "'P' || n || outcome",
            "severity_name": "severity",
            "service_code": "'adm'",
            "event_date": "make_date(2023, n::int, 12)",
        },
    ),
    "mart_deadlines": Mart(
        (f"{TOWNS} where municipality_code <> 'AMBITO'", DEADLINES, NUMBERS.format(many=4)),
        {
            "codice_ente": "municipality_code",
            "record_id": "'R' || n",
            "due_date": "make_date(2023, 8 + n::int, 12)",
            "is_overdue": "n < 3",
        },
    ),
    "mart_deadline_counts": Mart((TOWNS, DEADLINES)),
    "mart_governance": Mart((PERIODS, _listed("level", "livello_riunione", "total_level"))),
    "mart_meetings": Mart(
        (
            f"{TOWNS} where municipality_code = '108039'",
            _listed("level", "livello_riunione"),
            "select y, m::int as m from years, range(1, 11) as t (m)",
        ),
        {
            "codice_ente": "municipality_code",
            "record_id": "'I' || y || m",
            "meeting_date": "make_date(y, m, 9)",
        },
    ),
}

# A value by format; {key} is the text that tells the row, {name} the column.
FILLED = {
    "intero": "h({key}, '{name}', 0, 40)",
    "decimale": "h({key}, '{name}', 10, 400) / 10",
    "percentuale": "h({key}, '{name}', 5, 95) / 100",
    "euro": "h({key}, '{name}', 10, 9000)",
    "data": "make_date(2022, h({key}, '{name}', 1, 12)::int, 1)",
    "si_no": "h({key}, '{name}', 0, 1) = 1",
    "testo": "'{label}'",
    "codice": "'{name}'",
}


def create_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Create every mart of `MARTS` with exactly the columns of the seed, in its order."""
    for mart, made in MARTS.items():
        columns = con.execute(
            "select column_name, format, replace(label, '''', '''''') from seeds.mart_columns where mart = ? "
            "order by rowid",
            [mart],
        ).fetchall()
        source = ", ".join(f"({rows}) as l{number}" for number, rows in enumerate(made.lists))
        con.execute(f"create or replace temp view rows_of_mart as select * from {source} where {made.where}")
        known = {name for name, *_ in con.execute("describe rows_of_mart").fetchall()}
        key = f"concat_ws('/', '{mart}', {', '.join(sorted(known & _KEYS))})"
        selected = [
            f"({made.columns.get(name) or (name if name in known else _filled(name, form, label, key))})"
            f"::{'bigint' if name == 'year' else TYPES[form]} as {name}"
            for name, form, label in columns
        ]
        con.execute(f"create table {mart} as select {', '.join(selected)} from rows_of_mart")


def _filled(name: str, form: str, label: str, key: str) -> str:
    return FILLED[form].format(key=key, name=name, label=label)


_KEYS = frozenset(
    (
        "period",
        "year",
        "municipality_code",
        "service_code",
        "profilo",
        "prestazione",
        "isee_band",
        "explanation",
        "scenario_code",
        "rule_id",
        "outcome",
        "deadline_kind",
        "level",
        "n",
        "y",
        "m",
    )
)
