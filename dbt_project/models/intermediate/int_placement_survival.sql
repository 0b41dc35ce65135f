{%- set groups = ['care_type', 'period_type', 'period', 'municipality_code'] -%}
with placements as (

    select * from {{ ref('int_placement') }}

),

periods as (

    select *, min(period_start) over () as covered_from
    from {{ ref('dim_period') }}
    where period_type in ('semester', 'year')
        and is_covered

),

-- Of earlier placements only those that lasted until then are known: with them, stays would seem longer than they are.
cohort as (

    select
        placements.care_type,
        periods.period_type,
        periods.period,
        placements.municipality_code,
        coalesce(placements.finished_on, {{ as_of() }}) - placements.started_on as days,
        placements.finished_on is not null as is_ended
    from placements
    inner join periods on placements.started_on between periods.covered_from and periods.period_end

),

counted as (

    select
        care_type,
        period_type,
        period,
        {{ or_total('municipality_code') }},
        days,
        count(*) as leaving,
        count(*) filter (where is_ended) as ended
    from cohort
    group by care_type, period_type, period, days, cube (municipality_code)

),

followed as (

    select *, {{ at_risk('leaving', 'days', groups) }} as at_risk
    from counted

),

curve as (

    select *, {{ product_limit('ended', 'at_risk', 'days', groups) }} as survival
    from followed

)

select * from curve
