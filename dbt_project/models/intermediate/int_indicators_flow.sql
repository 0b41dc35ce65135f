with flow as (

    select
        'year' as period_type,
        year::varchar as period,
        {{ total_code('service_code') }} as service_code,
        *
    from {{ ref('int_flow') }}

),

indicators as (

    {{ indicator('nuova_segnalazione_12m', 'happened_again', 'events - immature') }}
    from flow
    where event = 'referral'
    union all
    {{ indicator('giorni_segnalazione_apertura', 'null', 'events', value='median_days') }}
    from flow
    where event = 'referral'
    union all
    {{ indicator('rientro_fuori_famiglia_12m', 'happened_again', 'events - immature') }}
    from flow
    where event = 'return'

)

select * from indicators
