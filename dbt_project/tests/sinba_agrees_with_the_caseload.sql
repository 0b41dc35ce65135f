-- What is this: years in which the national return has other persons than the caseload counts.
-- When does it matter: a minor would be missing from the return, or be told of twice.
-- How to resolve: compare int_sinba_minor with int_spell_period.
with persons as (

    select year, count(*) as persons from {{ ref('mart_sinba') }}
    group by year

),

caseload as (

    select year(period_start) as year, minors_in_period
    from {{ ref('mart_caseload_by_municipality') }}
    where period_type = 'year' and is_covered and municipality_code = 'AMBITO' and service_code = 'TUTTI'

),

broken as (

    select year, persons.persons, caseload.minors_in_period
    from caseload
    left join persons using (year)
    where coalesce(persons.persons, 0) <> caseload.minors_in_period

)

select * from broken
