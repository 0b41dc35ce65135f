with minutes as (

    select * from {{ ref('int_intervention_minutes') }}

),

counted as (

    select
        period_type,
        period,
        municipality_code,
        service_code,
        intervention_type,
        sum(interventions)::bigint as interventions,
        {{ sum_where('interventions', "esito = 'svolto'") }} as delivered,
        {{ sum_where('interventions', "esito = 'annullato_utente'") }} as cancelled_by_user,
        {{ sum_where('interventions', "esito = 'annullato_servizio'") }} as cancelled_by_service,
        {{ sum_where('interventions', "esito = 'assente'") }} as no_show,
        {{ sum_where('interventions', "esito = 'interrotto'") }} as interrupted,
        {{ sum_where('interventions * durata_minuti', "esito = 'svolto'") }} / 60 as hours_delivered,
        {{ median_of_counted(
            'durata_minuti', "case when esito = 'svolto' then interventions_so_far end", 'interventions_in_all'
        ) }} as median_minutes
    from minutes
    group by period_type, period, municipality_code, service_code, intervention_type

)

select * from counted
