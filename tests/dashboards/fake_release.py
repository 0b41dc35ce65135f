"""A small release with the shape of a real one and made-up figures, built in under two seconds.

Values come from hashes of the keys: always the same, never meaningful. Three years, every municipality and service.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from fake_marts import create_marts
from report_release import TYPES

from osservatorio.home import Home
from osservatorio.reference import SEEDS
from osservatorio.release import manifest_path, release_path

AS_OF = date(2023, 10, 31)
SEED_TABLES = (
    "municipalities",
    "services",
    "code_lists",
    "questions",
    "published_figures",
    "mart_columns",
    "indicators",
    "resident_minors",
    "rules",
    "deadline_kinds",
    "contract_hours",
    "isee_scenarios",
)
TEXT_SEEDS = ("municipalities", "code_lists", "mart_columns")

# h(a, b, low, high): a whole number between low and high that depends on the two texts alone, whatever the version of DuckDB.
MACROS = """
create macro h(a, b, low, high) as (low + (md5_number_lower(a || '/' || b) % (high - low + 1)::ubigint)::bigint);
"""

DIMENSIONS = """
create temp table years as select unnest([2021, 2022, 2023]) as y;
create temp table periods as
select 'year' as period_type, y::varchar as period, make_date(y, 1, 1) as period_start, make_date(y, 12, 31) as period_end
from years
union all
select 'semester', y || '-S' || s, make_date(y, s * 6 - 5, 1), last_day(make_date(y, s * 6, 1))
from years, unnest([1, 2]) as t (s)
union all
select 'month', y || '-' || lpad(m::varchar, 2, '0'), make_date(y, m, 1), last_day(make_date(y, m, 1))
from years, range(1, 13) as t (m);
alter table periods add column is_complete boolean;
update periods set is_complete = period_end <= getvariable('as_of');
delete from periods where period_start > getvariable('as_of');

create temp table towns as
select municipality_code, name as municipality_name, 1 + (municipality_code = '108039')::int as size, is_associated::boolean as is_associated
from seeds.municipalities
union all
select 'AMBITO', 'Ambito di Seregno', 10, true;

create temp table offices as
select service_code, name as service_name, has_cases::boolean as has_cases from seeds.services
union all
select 'TUTTI', 'Tutti i servizi', true;

create temp table grain as
select p.*, t.*, o.*, p.period || t.municipality_code || o.service_code as k,
    case p.period_type when 'month' then 1 when 'semester' then 6 else 12 end as months
from periods p, towns t, offices o;
"""

MARTS = """
create table mart_caseload_by_municipality as
with base as (
    select *, size * h(municipality_code || service_code, 'stock', 1, 30) * is_associated::int as stock,
        months * h(k, 'opened', 0, 2) * is_associated::int as opened,
        months * h(k, 'closed', 0, 1) * is_associated::int as closed, 1000 * size as resident_minors
    from grain where has_cases
)
select period_type, period, municipality_code, service_code, municipality_name, service_name, period_start, period_end,
    is_complete, stock as open_at_start, opened, closed, stock + opened - closed as open_at_end,
    greatest(stock + opened - closed - 1, 0) as minors_at_end, stock + opened as minors_in_period, resident_minors,
    2022 as resident_minors_year,
    greatest(stock + opened - closed - 1, 0) * 1000 / resident_minors as minors_per_1000,
    stock * 30.0 as case_holder_hours, stock / 20 as fte_case_holders,
    case when stock > 0 then (stock + opened - closed) / (stock / 20) end as cases_per_fte
from base;

create table mart_caseload_profile as
select g.period_type, g.period, g.municipality_code, g.service_code, l.dimension, l.category, g.municipality_name,
    g.service_name, d.label as dimension_name, l.category_name, l.category_order, g.period_start, g.period_end,
    g.is_complete,
    h(k, l.category, 0, 6) * size as minors_at_end, h(k, l.category, 6, 9) * size as minors_in_period
from grain g, (
    select case code_list when 'sesso' then 'sex' when 'cittadinanza' then 'citizenship' else code_list end as dimension,
        code as category, label as category_name, sort_order::int as category_order
    from seeds.code_lists where code_list in ('age_band', 'sesso', 'cittadinanza')
) l
inner join seeds.code_lists d on d.code_list = 'profile_dimension' and d.code = l.dimension
where g.has_cases and g.is_associated and g.period_type <> 'month';

create table mart_service_usage as
with base as (
    select g.*, a.intervention_type, a.intervention_type_name, months * size * h(k, a.intervention_type, 2, 20) as delivered,
        months * h(k, a.intervention_type || '1', 0, 2) as cancelled_by_user,
        months * h(k, a.intervention_type || '2', 0, 1) as cancelled_by_service,
        months * h(k, a.intervention_type || '3', 0, 2) as no_show, h(k, a.intervention_type || '4', 0, 1) as interrupted
    from grain g, (
        select code as intervention_type, label as intervention_type_name from seeds.code_lists
        where (code_list = 'tipo_intervento' and sort_order::int < 9) or code_list = 'total_intervention_type'
    ) a
    where g.has_cases and g.is_associated
)
select period_type, period, municipality_code, service_code, intervention_type, municipality_name, service_name,
    intervention_type_name, period_start, period_end, is_complete,
    delivered + cancelled_by_user + cancelled_by_service + no_show + interrupted as interventions,
    delivered, cancelled_by_user, cancelled_by_service, no_show, interrupted, delivered * 1.25 as hours_delivered,
    greatest(delivered // 3, 1) as minors_reached,
    delivered / (delivered + cancelled_by_user + cancelled_by_service + no_show + interrupted) as delivery_rate,
    60.0 + h(k, 'median', 0, 40) as median_minutes
from base;

create table mart_complaints as
with base as (select *, size * h(k, 'complaints', 0, 3) as received from grain)
select period_type, period, municipality_code, service_code, municipality_name, service_name, period_start, period_end,
    is_complete, received, greatest(received - 1, 0) as answered, greatest(received - 1, 0) as term_assessable,
    greatest(received - 2, 0) as answered_within_term,
    case when received > 1 then greatest(received - 2, 0) / (received - 1) end as answered_within_term_rate,
    least(received, 1) as open_at_end, received // 3 as upheld,
    case when received > 1 then (received // 3) / (received - 1) end as upheld_rate,
    case when received > 1 then h(k, 'days', 5, 40)::double end as median_days_to_answer,
    case when has_cases then 200 * size end as minors_in_period,
    case when has_cases then received * 100 / (200 * size) end as complaints_per_100_minors
from base;

create table mart_complaints_by_category as
select g.period_type, g.period, g.municipality_code, g.service_code, c.code as category, s.code as gravity,
    g.municipality_name, g.service_name, c.label as category_name, s.label as gravity_name,
    h(k, c.code || s.code, 1, 4) as received, 1 as answered, 0 as upheld, 0.0 as upheld_rate
from grain g, seeds.code_lists c, seeds.code_lists s
where c.code_list in ('categoria_reclamo', 'total_category') and s.code_list in ('gravita', 'total_gravity')
    and g.service_code in ('TUTTI', 'adm') and h(k, c.code || s.code, 0, 2) > 0;

create table mart_satisfaction as
with base as (
    select g.*, f.code as phase, f.label as phase_name, 40 * size as distributed, h(k, 'returned', 3, 20) * size as returned,
        h(k, f.code, 50, 95) / 100 as satisfied_rate
    from grain g, seeds.code_lists f
    where g.period_type = 'semester' and g.is_associated and g.has_cases
        and f.code_list in ('fase_soddisfazione', 'total_phase')
)
select 'R' || period as rilevazione, municipality_code, service_code, phase, municipality_name, service_name, phase_name,
    period_start as wave_start, period_end as wave_end, period, distributed, returned, returned / distributed as response_rate,
    returned * 3 as answers, 1 + 4 * satisfied_rate as mean_score, 0.8 + 4 * satisfied_rate as mean_low,
    1.2 + 4 * satisfied_rate as mean_high, (returned * 3 * satisfied_rate)::int as satisfied, satisfied_rate,
    satisfied_rate - 0.05 as satisfied_low, satisfied_rate + 0.04 as satisfied_high, returned < 8 as is_small
from base;

create table mart_controls as
with base as (select *, size * h(k, 'controls', 0, 2) as controls from grain where period_type <> 'month')
select period_type, period, municipality_code, service_code, municipality_name, service_name, period_start, period_end,
    is_complete, controls, controls * 10 as services_checked, controls * 9 as services_conforming,
    case when controls > 0 then 0.9 end as conformity_rate, controls // 2 as with_findings,
    controls // 3 as closed_findings, case when controls > 2 then 21.0 end as median_days_to_close
from base;

create table mart_budget as
with base as (
    select y as year, t.municipality_code, a.code as area, t.municipality_name, a.label as area_name,
        1000 * size * h(t.municipality_code, a.code, 30, 60) as allotted, size
    from years, towns t, seeds.code_lists a
    where a.code_list in ('area', 'total_area') and t.is_associated
        and (t.municipality_code = 'AMBITO' or a.code in ('equipe_territoriale', 'TUTTE'))
)
select year, municipality_code, area, municipality_name, area_name, allotted, allotted * 0.97 as committed,
    allotted * 0.9 as spent, case when area = 'TUTTE' then 12000.0 * size end as fees_committed,
    case when area = 'TUTTE' then 11000.0 * size end as fees_spent, 100 * size as minors_in_year,
    1000 * size as resident_minors, 2022 as resident_minors_year, allotted * 0.1 as residual, 0.9 as execution_rate,
    allotted * 0.9 / (100 * size) as spent_per_minor, size / 10 as share_of_budget, size / 9 as share_of_caseload,
    size / 11 as share_of_resident_minors
from base;

create table mart_expenditure as
select g.period_type, g.period, g.municipality_code, g.service_code, v.code as voce, g.municipality_name, g.service_name,
    v.label as voce_name, g.period_start, g.period_end, g.is_complete, 1100.0 * h(k, v.code, 1, 9) as committed,
    1000.0 * h(k, v.code, 1, 9) as spent
from grain g, seeds.code_lists v
where v.code_list in ('voce_spesa', 'total_voce') and g.period_type <> 'month';

create table mart_data_quality as
with files as (
    select 'd' || e.extract || m.municipality_code as delivery_id, e.extract,
        e.extract || '__' || m.slug || '__2023-S1.csv' as file_name, m.municipality_code as codice_ente,
        100 + h(m.slug, e.extract, 0, 900) as rows_delivered, h(m.slug, e.extract || 'q', 0, 3) as bad
    from seeds.municipalities m, (select unnest(['minori', 'interventi', 'reclami']) as extract) e
    where m.is_associated = 'true'
)
select delivery_id, extract, r.rule, file_name, codice_ente, 'landed' as outcome, date '2023-07-10' as first_extraction,
    date '2023-07-10' as last_extraction, rows_delivered, rows_delivered - bad as rows_accepted, bad as rows_quarantined,
    bad / rows_delivered as quarantined_rate, case when r.rule = 'TUTTE' then 0 end as rows_waiting,
    case when r.rule <> 'TUTTE' then 'La data non esiste: scrivila come 30/06/2022.' end as example_message,
    case when r.rule <> 'TUTTE' then file_name || ', righe 12, 40' end as example_locations
from files, (select unnest(['TUTTE', 'tipo.data']) as rule) r
where r.rule = 'TUTTE' or bad > 0;

create table mart_reconciliation as
select *, declared as computed, 0 as difference from seeds.published_figures;
"""


# A name that tries to be HTML, Markdown, LaTeX, an emoji, an icon, a colour, a link and a formula.
HOSTILE = "=Meda <b onmouseover=alert(1)>x</b> **y** $z$ :smile: :material/home: :red[w] [v](http://ex.it) www.ex.it"


def build_fake_home(root: Path, release_id: str = "20231031-prova", *, warnings: bool = True) -> Home:
    """A data home with one published release of made-up figures."""
    home = Home(root)
    home.prepare()
    publish_fake_release(home, release_id, warnings=warnings)
    return home


def publish_fake_release(
    home: Home, release_id: str, *, warnings: bool = True, hostile: bool = False
) -> None:
    """Write one more release and move the pointer to it; a hostile one calls a municipality by a name of markup."""
    release_path(home, release_id).write_bytes(_release(hostile))
    manifest_path(home, release_id).write_text(json.dumps(_manifest(release_id, warnings)), "utf-8")
    home.current.write_text(json.dumps({"release_id": release_id}), "utf-8")


@cache
def _release(hostile: bool) -> bytes:
    """The file of a release, made once for all tests of a process: it says nothing of its own name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "release.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute("create schema seeds")
            for table in SEED_TABLES:
                con.execute(
                    f"create table seeds.{table} as select * from read_csv(?, header = true, all_varchar = ?)",
                    [str(SEEDS / f"{table}.csv"), table in TEXT_SEEDS],
                )
            con.execute(MACROS)
            con.execute("set variable as_of = ?::date", [AS_OF])
            con.execute(DIMENSIONS)
            con.execute(MARTS)
            create_marts(con)
            _add_empty_marts(con)
            if hostile:
                con.execute("update seeds.municipalities set name = ? where name = 'Meda'", [HOSTILE])
                for (mart,) in con.execute(
                    "select table_name from information_schema.columns where column_name = 'municipality_name' "
                    "and table_name like 'mart_%'"
                ).fetchall():
                    con.execute(
                        f"update {mart} set municipality_name = ? where municipality_name = 'Meda'", [HOSTILE]
                    )
        return path.read_bytes()


def _add_empty_marts(con: duckdb.DuckDBPyConnection) -> None:
    """The marts that no page shows yet: reports read them too."""
    there = {name for (name,) in con.execute("select table_name from information_schema.tables").fetchall()}
    columns: dict[str, list[str]] = {}
    for mart, name, form in con.execute(
        "select mart, column_name, format from seeds.mart_columns order by rowid"
    ).fetchall():
        columns.setdefault(mart, []).append(f"{name} {'bigint' if name == 'year' else TYPES[form]}")
    for mart in columns.keys() - there:
        con.execute(f"create table {mart} ({', '.join(columns[mart])})")


def _manifest(release_id: str, warnings: bool) -> dict[str, object]:
    found = [
        {
            "check": "quota_quarantena",
            "severity": "avviso",
            "extract": "interventi",
            "codice_ente": "108030",
            "message": "Il Comune di Meda ha il 4,2% di righe in quarantena negli interventi.",
            "what_to_do": "Rimandare al Comune l'elenco delle righe da correggere.",
        },
        {
            "check": "mesi_mancanti",
            "severity": "avviso",
            "extract": "ore_operatori",
            "codice_ente": "108024",
            "message": "Il Comune di Giussano non ha inviato le ore degli operatori di agosto 2023.",
            "what_to_do": "Chiedere al Comune il file di agosto.",
        },
    ]
    return {
        "release_id": release_id,
        "as_of": AS_OF.isoformat(),
        "created_at": "2023-11-06T09:00:00",
        "content_sha256": "0" * 64,
        "key_id": "prova",
        "versions": {"osservatorio": "0"},
        "deliveries": [],
        "row_counts": {},
        "models": {},
        "keys": {"mart_complaints": ["period_type", "period", "municipality_code", "service_code"]},
        "verdict": {
            "outcome": "superato_con_avvisi" if warnings else "superato",
            "publishable": True,
            "checks": 120,
            "failed": 2 if warnings else 0,
            "warnings": found if warnings else [],
            "results": [
                {
                    "check": "consegne.presenti",
                    "suite": "consegne",
                    "extract": None,
                    "severity": "critical",
                    "status": "passed",
                    "observed": "nessuna anomalia",
                    "unexpected": 0,
                    "message_it": "",
                    "what_to_do_it": "",
                }
            ],
        },
    }
