with interventions as (

    select * from {{ ref('fct_intervention') }}
    where spell_id is not null
        and esito = 'svolto'

),

periods as (

    select * from {{ ref('dim_period') }}

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

by_period as (

    select distinct
        periods.period_type,
        periods.period,
        by_month.municipality_code,
        by_month.service_code,
        by_month.intervention_type,
        by_month.minor_id
    from by_month
    inner join periods on by_month.month_start between periods.period_start and periods.period_end

),

reached as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('intervention_type') }},
        {{ count_distinct_where('minor_id') }} as minors_reached
    from by_period
    group by period_type, period, cube (municipality_code, service_code, intervention_type)

)

select * from reached
