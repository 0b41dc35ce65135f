with answers as (

    select * from {{ ref('fct_survey_answer') }}

),

scores as (

    select
        rilevazione,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('phase') }},
        count(distinct (codice_ente, id_risposta)) as returned,
        count(punteggio) as answers,
        count(*) filter (where punteggio >= 4) as satisfied,
        avg(punteggio) as mean_score,
        {{ deviation_of_integers('punteggio') }} as score_deviation
    from answers
    group by rilevazione, cube (municipality_code, service_code, phase)

)

select * from scores
