with complaint_periods as (

    select * from {{ ref('int_complaint_period') }}
    where is_received

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

counted as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('categoria') }},
        {{ or_total('gravita') }},
        count(*) as received,
        count(*) filter (where is_answered) as answered,
        count(*) filter (where is_upheld) as upheld
    from complaint_periods
    group by period_type, period, cube (municipality_code, service_code, categoria, gravita)

),

labelled as (

    select
        counted.period_type,
        counted.period,
        counted.municipality_code,
        counted.service_code,
        counted.categoria as category,
        counted.gravita as gravity,
        municipalities.municipality_name,
        services.service_name,
        categories.label as category_name,
        gravities.label as gravity_name,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        counted.received,
        counted.answered,
        counted.upheld,
        {{ rate('counted.upheld', 'counted.answered') }} as upheld_rate
    from counted
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    left join code_lists as categories
        on categories.code_list in ('categoria_reclamo', 'total_category') and counted.categoria = categories.code
    left join code_lists as gravities
        on gravities.code_list in ('gravita', 'total_gravity') and counted.gravita = gravities.code

)

select * from labelled
