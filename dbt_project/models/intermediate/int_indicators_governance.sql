with hours as (

    select *, {{ total_code('municipality_code') }} as municipality_code
    from {{ ref('int_contract_hours') }}

),

meetings as (

    select
        *,
        {{ total_code('municipality_code') }} as municipality_code,
        {{ total_code('service_code') }} as service_code
    from {{ ref('int_meeting_period') }}

),

indicators as (

    {{ indicator('ore_su_previste', 'hours', 'contract_hours') }}
    from hours
    union all
    {{ indicator('mesi_con_incontro_tecnico', 'months_over - months_without_meeting', 'months_over') }}
    from meetings
    where level = 'tecnico'
    union all
    {{ indicator('decisioni_attuate', 'decisions_done', 'decisions') }}
    from meetings
    where level = {{ total_code('level') }}

)

select * from indicators
