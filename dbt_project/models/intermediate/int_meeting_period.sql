with meetings as (

    select * from {{ ref('fct_meeting') }}

),

levels as (

    select code as level, label as level_name
    from {{ ref('code_lists') }}
    where code_list in ('livello_riunione', 'total_level')

),

period_months as (

    select * from {{ ref('int_period_month') }}
    where {{ since_first('month_start', ref('fct_meeting'), 'data_riunione') }}

),

-- A month counts in its own level and in the total of both.
by_month as (

    select
        levels.level,
        date_trunc('month', meetings.data_riunione)::date as month_start,
        count(*) as meetings,
        coalesce(sum(meetings.casi_esaminati), 0) as cases_examined,
        coalesce(sum(meetings.decisioni), 0) as decisions,
        coalesce(sum(meetings.decisioni_attuate), 0) as decisions_done
    from meetings
    inner join levels on levels.level in (meetings.livello, {{ total_code('level') }})
    group by 1, 2

),

-- Every month has a row: one that is over at the reference date may be without a meeting.
summed as (

    select
        period_months.period_type,
        period_months.period,
        levels.level,
        levels.level_name,
        coalesce(sum(by_month.meetings), 0)::bigint as meetings,
        count(*) filter (
            where by_month.meetings is null and last_day(period_months.month_start) <= {{ as_of() }}
        ) as months_without_meeting,
        count(*) filter (where last_day(period_months.month_start) <= {{ as_of() }}) as months_over,
        coalesce(sum(by_month.cases_examined), 0)::bigint as cases_examined,
        coalesce(sum(by_month.decisions), 0)::bigint as decisions,
        coalesce(sum(by_month.decisions_done), 0)::bigint as decisions_done
    from period_months
    cross join levels
    left join by_month using (level, month_start)
    group by 1, 2, 3, 4

)

select * from summed
