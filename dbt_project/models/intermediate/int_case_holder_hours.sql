with staff_hours as (

    select * from {{ ref('fct_staff_hours') }}
    where list_contains({{ var('case_holder_profiles') }}, profilo)

),

services as (

    select * from {{ ref('dim_service') }}
    where has_cases and not is_total

),

period_months as (

    select * from {{ ref('int_period_month') }}

),

period_hours as (

    select
        period_months.period_type,
        period_months.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        sum(staff_hours.ore)::decimal(18, 2) as hours
    from staff_hours
    inner join services using (service_code)
    inner join period_months on staff_hours.mese = period_months.month_start
    group by period_months.period_type, period_months.period, cube (municipality_code, service_code)

)

select * from period_hours
