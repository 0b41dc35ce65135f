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

by_professional as (

    select
        period_months.period_type,
        period_months.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('profilo') }},
        staff_hours.id_operatore,
        sum(staff_hours.ore) as hours,
        bool_or(staff_hours.ore > 0) as worked
    from staff_hours
    inner join period_months on staff_hours.mese = period_months.month_start
    group by
        period_months.period_type, period_months.period, staff_hours.id_operatore,
        cube (municipality_code, service_code, profilo)

),

period_hours as (

    select
        period_type,
        period,
        municipality_code,
        service_code,
        profilo,
        sum(hours)::decimal(18, 2) as hours,
        count(*) filter (where worked) as professionals
    from by_professional
    group by period_type, period, municipality_code, service_code, profilo

)

select * from period_hours
