with results as (

    select * from {{ ref('int_survey_result') }}

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

final as (

    select
        results.rilevazione,
        results.municipality_code,
        results.service_code,
        results.phase,
        municipalities.municipality_name,
        services.service_name,
        results.phase_name,
        results.wave_start,
        results.wave_end,
        periods.period,
        results.distributed,
        results.returned,
        case when results.returned <= results.distributed then
            {{ rate('results.returned', 'results.distributed') }}
        end as response_rate,
        results.answers,
        results.mean_score,
        {{ mean_low('results.mean_score', 'results.score_deviation', 'results.answers') }} as mean_low,
        {{ mean_high('results.mean_score', 'results.score_deviation', 'results.answers') }} as mean_high,
        results.satisfied,
        {{ rate('results.satisfied', 'results.answers') }} as satisfied_rate,
        {{ wilson_low('results.satisfied', 'results.answers') }} as satisfied_low,
        {{ wilson_high('results.satisfied', 'results.answers') }} as satisfied_high,
        results.answers < {{ var('small_sample_answers') }} as is_small
    from results
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    left join periods on results.wave_end between periods.period_start and periods.period_end

)

select * from final
