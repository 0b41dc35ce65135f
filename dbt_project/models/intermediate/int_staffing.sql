with staff_hours as (

    select
        mese,
        municipality_code,
        service_code,
        coalesce(profilo, 'non_indicato') as profilo,
        id_operatore,
        ore
    from {{ ref('fct_staff_hours') }}

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
        {{ or_total('profilo') }},
        sum(staff_hours.ore)::decimal(18, 2) as hours,
        {{ count_distinct_where('staff_hours.id_operatore', 'staff_hours.ore > 0') }} as professionals
    from staff_hours
    inner join period_months on staff_hours.mese = period_months.month_start
    group by period_months.period_type, period_months.period, cube (municipality_code, service_code, profilo)

)

select * from period_hours
