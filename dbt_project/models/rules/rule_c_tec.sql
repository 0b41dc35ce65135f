-- Co-design, «Governo del sistema»: the second, technical level meets every month.
with meetings as (

    select date_trunc('month', data_riunione)::date as month_start, livello = 'tecnico' as is_technical
    from {{ ref('fct_meeting') }}

),

months as (

    select periods.period, periods.period_end, periods.is_complete, months.month_start
    from {{ ref('dim_period') }} as periods
    inner join {{ ref('int_period_month') }} as months using (period_type, period)
    where period_type = 'semester'
        and periods.period_start <= {{ as_of() }}
        and {{ since_first('periods.period_start', ref('fct_meeting'), 'data_riunione') }}

),

by_month as (

    select
        months.*,
        last_day(months.month_start) <= {{ as_of() }} as is_over,
        count(meetings.month_start) as delivered,
        coalesce(bool_or(meetings.is_technical), false) as has_meeting
    from months
    left join meetings using (month_start)
    group by months.period, months.period_end, months.is_complete, months.month_start

),

counted as (

    select
        period,
        period_end,
        is_complete,
        sum(delivered) as delivered,
        bool_or(has_meeting) as is_recorded,
        string_agg(strftime(month_start, '%m/%Y'), ', ' order by month_start) filter (where is_over and not has_meeting)
            as months_missing
    from by_month
    group by period, period_end, is_complete

),

judged as (

    select
        *,
        case
            when is_complete and delivered = 0 then 'not_assessable: no_meetings'
            when months_missing is not null then 'not_compliant: months_missing'
            when not is_complete then 'not_assessable: period_open'
            else 'compliant'
        end as verdict
    from counted

),

outcomes as (

    {{ period_rule_rows('C-TEC', 'judged', value='months_missing', expected='null') }}

)

select * from outcomes
