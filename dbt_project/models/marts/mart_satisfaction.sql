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

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type = 'semester'

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

),

final as (

    select
        combined.rilevazione,
        combined.municipality_code,
        combined.service_code,
        combined.phase,
        municipalities.municipality_name,
        services.service_name,
        combined.phase_name,
        combined.wave_start,
        combined.wave_end,
        periods.period,
        combined.distributed,
        combined.returned,
        case when combined.returned <= combined.distributed then
            {{ rate('combined.returned', 'combined.distributed') }}
        end as response_rate,
        combined.answers,
        combined.mean_score,
        {{ mean_low('combined.mean_score', 'combined.score_deviation', 'combined.answers') }} as mean_low,
        {{ mean_high('combined.mean_score', 'combined.score_deviation', 'combined.answers') }} as mean_high,
        combined.satisfied,
        {{ rate('combined.satisfied', 'combined.answers') }} as satisfied_rate,
        {{ wilson_low('combined.satisfied', 'combined.answers') }} as satisfied_low,
        {{ wilson_high('combined.satisfied', 'combined.answers') }} as satisfied_high,
        combined.answers < {{ var('small_sample_answers') }} as is_small
    from combined
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    left join periods on combined.wave_end between periods.period_start and periods.period_end

)

select * from final
