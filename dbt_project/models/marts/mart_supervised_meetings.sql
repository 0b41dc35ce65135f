with grid as (

    {{ municipality_grid(ref('fct_intervention'), 'data_intervento') }}

),

waits as (

    select * from {{ ref('int_meeting_wait') }}

),

counted as (

    select * from {{ ref('int_supervised_meeting_count') }}

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
