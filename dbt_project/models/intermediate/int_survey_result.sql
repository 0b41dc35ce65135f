with waves as (

    select * from {{ ref('int_survey_wave') }}

),

scores as (

    select * from {{ ref('int_survey_score') }}

),

phases as (

    select * from {{ ref('code_lists') }}
    where code_list in ('fase_soddisfazione', 'total_phase')

),

combined as (

    select
        waves.*,
        phases.code as phase,
        phases.label as phase_name,
        coalesce(scores.returned, 0) as returned,
        coalesce(scores.answers, 0) as answers,
        coalesce(scores.satisfied, 0) as satisfied,
        scores.mean_score,
        scores.score_deviation
    from waves
    cross join phases
    left join scores
        on waves.rilevazione = scores.rilevazione
        and waves.municipality_code = scores.municipality_code
        and waves.service_code = scores.service_code
        and phases.code = scores.phase

)

select * from combined
