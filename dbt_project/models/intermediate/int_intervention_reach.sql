with interventions as (

    select * from {{ ref('fct_intervention') }}
    where spell_id is not null
        and esito = 'svolto'

),

period_months as (

    select * from {{ ref('int_period_month') }}

),

-- Acts of a month shrink to the minors met in it before they meet the periods.
by_month as (

    select distinct
        date_trunc('month', data_intervento)::date as month_start,
        municipality_code,
        service_code,
        tipo as intervention_type,
        minor_id
    from interventions

),

reached as (

    select
        period_months.period_type,
        period_months.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('intervention_type') }},
        {{ count_distinct_where('by_month.minor_id') }} as minors_reached
    from by_month
    inner join period_months using (month_start)
    group by
        period_months.period_type, period_months.period, cube (municipality_code, service_code, intervention_type)

)

select * from reached
