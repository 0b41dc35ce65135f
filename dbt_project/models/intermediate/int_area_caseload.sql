with spell_periods as (

    select * from {{ ref('int_spell_period') }}
    where period_type = 'year'

),

services as (

    select * from {{ ref('dim_service') }}

),

spell_years as (

    select
        cast(spell_periods.period as integer) as year,
        spell_periods.municipality_code,
        services.area,
        spell_periods.minor_id
    from spell_periods
    inner join services using (service_code)

),

caseload as (

    select
        year,
        {{ or_total('municipality_code') }},
        {{ or_total('area') }},
        {{ count_distinct_where('minor_id') }} as minors_in_year
    from spell_years
    group by year, cube (municipality_code, area)

)

select * from caseload
