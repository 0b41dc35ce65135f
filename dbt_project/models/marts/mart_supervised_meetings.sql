with grid as (

    {{ municipality_grid(ref('fct_intervention'), 'data_intervento') }}

),

minutes as (

    select * from {{ ref('int_intervention_minutes') }}
    where intervention_type = {{ supervised_meeting() }}
        and service_code = {{ total_code('service_code') }}

),

waits as (

    select * from {{ ref('int_meeting_wait') }}

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

),

final as (

    select
        grid.* exclude (year),
        {%- for column in [
            'planned', 'held', 'cancelled', 'cancelled_by_user', 'cancelled_by_service', 'no_show', 'interrupted',
            'missed', 'over_150_minutes'
        ] %}
        coalesce(counted.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        {{ rate('counted.held', 'counted.planned') }} as held_rate,
        {{ rate('counted.missed', 'counted.planned') }} as missed_rate,
        {{ wilson_low('counted.missed', 'counted.planned') }} as missed_low,
        {{ wilson_high('counted.missed', 'counted.planned') }} as missed_high,
        {{ rate('counted.cancelled_by_service', 'counted.cancelled') }} as cancelled_by_service_rate,
        {{ rate('counted.over_150_minutes', 'counted.held') }} as over_150_rate,
        counted.median_minutes,
        coalesce(waits.first_meetings, 0) as first_meetings,
        waits.waiting_days,
        coalesce(waits.still_waiting, 0) as still_waiting
    from grid
    left join counted using (period_type, period, municipality_code)
    left join waits using (period_type, period, municipality_code)

)

select * from final
