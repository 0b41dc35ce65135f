with staff_hours as (

    select * from {{ ref('fct_staff_hours') }}
    where list_contains({{ var('case_holder_profiles') }}, profilo)

),

services as (

    select * from {{ ref('dim_service') }}
    where has_cases and not is_total

),

periods as (

    select * from {{ ref('dim_period') }}

),

period_hours as (

    select
        periods.period_type,
        periods.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        sum(staff_hours.ore)::decimal(18, 2) as hours
    from staff_hours
    inner join services using (service_code)
    inner join periods on staff_hours.mese between periods.period_start and periods.period_end
    group by periods.period_type, periods.period, cube (municipality_code, service_code)

)

select * from period_hours
