with waves as (

    select * from {{ ref('fct_survey_wave') }}

),

answers as (

    select * from {{ ref('fct_survey_answer') }}

),

-- Questionnaires may name a municipality for which no wave was delivered: how many went out there is unknown.
places as (

    select rilevazione, municipality_code, service_code, data_inizio, data_fine, questionari_distribuiti
    from waves
    union all
    select distinct rilevazione, municipality_code, service_code, null::date, null::date, null::bigint
    from answers

),

-- A wave that several bodies deliver is one wave: it runs from the first start to the last end.
dated as (

    select
        *,
        min(data_inizio) over (partition by rilevazione) as wave_start,
        max(data_fine) over (partition by rilevazione) as wave_end
    from places

),

distributed as (

    select
        rilevazione,
        wave_start,
        wave_end,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        sum(questionari_distribuiti)::bigint as distributed
    from dated
    group by rilevazione, wave_start, wave_end, cube (municipality_code, service_code)

)

select * from distributed
