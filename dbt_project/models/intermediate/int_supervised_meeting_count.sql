with minutes as (

    select * from {{ ref('int_intervention_minutes') }}
    where intervention_type = {{ supervised_meeting() }}
        and service_code = {{ total_code('service_code') }}

),

counted as (

    select
        period_type,
        period,
        municipality_code,
        sum(interventions)::bigint as planned,
        {{ sum_where('interventions', "esito = 'svolto'") }} as held,
        {{ sum_where('interventions', "esito = 'annullato_utente'") }} as cancelled_by_user,
        {{ sum_where('interventions', "esito = 'annullato_servizio'") }} as cancelled_by_service,
        cancelled_by_user + cancelled_by_service as cancelled,
        {{ sum_where('interventions', "esito = 'assente'") }} as no_show,
        {{ sum_where('interventions', "esito = 'interrotto'") }} as interrupted,
        no_show + cancelled_by_user as missed,
        {{ sum_where(
            'interventions', "esito = 'svolto' and durata_minuti > " ~ var('supervised_meeting_longest_minutes')
        ) }} as over_150_minutes,
        {{ median_of_counted(
            'durata_minuti', "case when esito = 'svolto' then interventions_so_far end", 'interventions_in_all'
        ) }} as median_minutes
    from minutes
    group by period_type, period, municipality_code

)

select * from counted
