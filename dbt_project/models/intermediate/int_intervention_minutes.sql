with interventions as (

    select * from {{ ref('fct_intervention') }}
    where spell_id is not null

),

period_months as (

    select * from {{ ref('int_period_month') }}

),

by_month as (

    select
        date_trunc('month', data_intervento)::date as month_start,
        municipality_code,
        service_code,
        tipo as intervention_type,
        esito,
        durata_minuti,
        count(*) as interventions
    from interventions
    group by all

),

by_period as (

    select
        period_months.period_type,
        period_months.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('intervention_type') }},
        by_month.esito,
        by_month.durata_minuti,
        sum(by_month.interventions)::bigint as interventions
    from by_month
    inner join period_months using (month_start)
    group by
        period_months.period_type, period_months.period, by_month.esito, by_month.durata_minuti,
        cube (municipality_code, service_code, intervention_type)

),

-- Acts that lasted so long or less, and all of them: what a median needs.
cumulated as (

    select
        *,
        sum(interventions) over (outcome order by durata_minuti)::bigint as interventions_so_far,
        sum(interventions) over (outcome)::bigint as interventions_in_all
    from by_period
    window outcome as (partition by period_type, period, municipality_code, service_code, intervention_type, esito)

)

select * from cumulated
