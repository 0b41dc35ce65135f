-- What is this: cells of the cube of open data, all ages and sexes together, that differ from the caseload.
-- When does it matter: open data and reports would tell two stories of the same year.
-- How to resolve: both count int_spell_period; look for spells that one of the two joins away.
with cube_cells as (

    select year, municipality_code, service_code, minors_in_period, minors_at_end, opened, closed
    from {{ ref('mart_open_data_cube') }}
    where age_band = {{ total_code('age_band') }} and sex = {{ total_code('sex') }}

),

caseload as (

    select
        year(period_start) as year,
        municipality_code,
        service_code,
        minors_in_period,
        minors_at_end,
        opened,
        closed
    from {{ ref('mart_caseload_by_municipality') }}
    where period_type = 'year' and minors_in_period > 0

),

mismatches as (

    (select * from caseload except select * from cube_cells)
    union all
    (select * from cube_cells except select * from caseload)

)

select * from mismatches
