with spells as (

    select * from {{ ref('fct_spell') }}
    where service_code = {{ supervised_meeting_service() }}

),

meetings as (

    select * from {{ ref('fct_intervention') }}
    where tipo = {{ supervised_meeting() }}
        and esito = 'svolto'

),

coverage as (

    select min(period_start) as covered_from from {{ ref('dim_period') }}
    where is_covered

),

-- Of spells opened earlier the first meeting delivered is not the first one held.
followed as (

    select spells.*
    from spells
    inner join coverage on spells.data_apertura >= coverage.covered_from

),

first_meetings as (

    select
        followed.spell_id,
        followed.municipality_code,
        followed.data_apertura,
        followed.data_chiusura,
        min(meetings.data_intervento) as first_held_on
    from followed
    left join meetings
        on followed.spell_id = meetings.spell_id
        and followed.data_apertura <= meetings.data_intervento
    group by all

)

select * from first_meetings
