with first_meetings as (

    select * from {{ ref('int_first_meeting') }}

),

periods as (

    select *, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}

),

spell_periods as (

    select
        periods.period_type,
        periods.period,
        first_meetings.municipality_code,
        first_meetings.first_held_on - first_meetings.data_apertura as days_waited,
        {{ in_period('first_meetings.first_held_on', 'periods.period_start', 'periods.period_end') }} as is_first_held,
        {{ open_at_end_of_day('first_meetings.data_apertura', 'first_meetings.data_chiusura', 'periods.last_day') }}
            and coalesce(first_meetings.first_held_on > periods.last_day, true) as is_waiting
    from first_meetings
    inner join periods
        on {{ overlaps_period(
            'first_meetings.data_apertura', 'first_meetings.first_held_on', 'periods.period_start', 'periods.last_day'
        ) }}

),

waits as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        count(*) filter (where is_first_held) as first_meetings,
        {{ median_where('days_waited', 'is_first_held') }} as waiting_days,
        count(*) filter (where is_waiting) as still_waiting
    from spell_periods
    group by period_type, period, cube (municipality_code)

)

select * from waits
