with grid as (

    select * from {{ ref('int_period_grid') }}
    where {{ since_first('period_start', ref('fct_complaint'), 'data_ricezione') }}

),

complaint_periods as (

    select * from {{ ref('int_complaint_period') }}

),

caseload as (

    select * from {{ ref('int_caseload') }}

),

counted as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        count(*) filter (where is_received) as received,
        count(*) filter (where is_received and is_answered) as answered,
        count(*) filter (where is_received and is_term_assessable) as term_assessable,
        count(*) filter (where is_received and is_answered_within_term) as answered_within_term,
        count(*) filter (where is_received and is_upheld) as upheld,
        count(*) filter (where is_open_at_end) as open_at_end,
        {{ median_where('days_to_answer', 'is_received and is_answered') }} as median_days_to_answer
    from complaint_periods
    group by period_type, period, cube (municipality_code, service_code)

),

combined as (

    select
        grid.*,
        coalesce(counted.received, 0) as received,
        coalesce(counted.answered, 0) as answered,
        coalesce(counted.term_assessable, 0) as term_assessable,
        coalesce(counted.answered_within_term, 0) as answered_within_term,
        coalesce(counted.open_at_end, 0) as open_at_end,
        coalesce(counted.upheld, 0) as upheld,
        counted.median_days_to_answer,
        case when grid.has_cases then coalesce(caseload.minors_in_period, 0) end as minors_in_period
    from grid
    left join counted using (period_type, period, municipality_code, service_code)
    left join caseload using (period_type, period, municipality_code, service_code)

)

select * from combined
