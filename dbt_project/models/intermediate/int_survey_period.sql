with results as (

    select * from {{ ref('int_survey_result') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type in ('semester', 'year')

),

-- Returns count against what went out only where that is known and not less.
summed as (

    select
        periods.period_type,
        periods.period,
        results.municipality_code,
        results.service_code,
        results.phase,
        sum(results.returned) filter (where results.returned <= results.distributed)::bigint
            as returned_of_distributed,
        sum(results.distributed) filter (where results.returned <= results.distributed)::bigint as distributed,
        sum(results.answers)::bigint as answers,
        sum(results.satisfied)::bigint as satisfied
    from results
    inner join periods on results.wave_end between periods.period_start and periods.period_end
    group by 1, 2, 3, 4, 5

)

select * from summed
