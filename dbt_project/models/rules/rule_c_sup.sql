-- Co-design, «Servizi associati»: 50 hours of supervision a year, clinical and methodological.
with sessions as (

    select *, tipo in ('supervisione_clinica', 'supervisione_metodologica') as is_supervision
    from {{ ref('fct_training') }}

),

years as (

    select * from {{ ref('dim_period') }}
    where period_type = 'year'
        and period_start <= {{ as_of() }}
        and {{ since_first('period_start', ref('fct_training'), 'data_sessione') }}

),

counted as (

    select
        years.period,
        years.period_end,
        years.is_complete,
        count(sessions.data_sessione) as delivered,
        count(*) filter (where sessions.is_supervision) > 0 as is_recorded,
        coalesce(sum(sessions.ore) filter (where sessions.is_supervision), 0) as hours
    from years
    left join sessions on {{ in_period('sessions.data_sessione', 'years.period_start', 'years.period_end') }}
    group by years.period, years.period_end, years.is_complete

),

judged as (

    select
        *,
        case
            when hours >= 50 then 'compliant'
            when not is_complete then 'not_assessable: period_open'
            when delivered = 0 then 'not_assessable: no_sessions'
            else 'not_compliant: too_few'
        end as verdict
    from counted

),

outcomes as (

    {{ period_rule_rows('C-SUP', 'judged', value=italian_number('hours', 1), expected="'50'") }}

)

select * from outcomes
