with sessions as (

    select * from {{ ref('fct_training') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

summed as (

    select
        periods.period_type,
        periods.period,
        coalesce(sum(sessions.ore) filter (where {{ is_supervision('sessions.tipo') }}), 0)::decimal(18, 2)
            as supervision_hours,
        coalesce(sum(sessions.ore) filter (where not {{ is_supervision('sessions.tipo') }}), 0)::decimal(18, 2)
            as training_hours
    from sessions
    inner join periods on sessions.data_sessione between periods.period_start and periods.period_end
    group by periods.period_type, periods.period

)

select * from summed
