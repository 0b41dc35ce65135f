with complaints as (

    select * from {{ ref('fct_complaint') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

-- A complaint is in the period in which it was received and in those at the end of which it is still open.
complaint_periods as (

    select
        periods.period_type,
        periods.period,
        complaints.*,
        {{ in_period('complaints.data_ricezione', 'periods.period_start', 'periods.period_end') }} as is_received,
        {{ open_at_end_of_day('complaints.data_ricezione', 'complaints.data_risposta', 'periods.period_end') }}
            as is_open_at_end
    from complaints
    inner join periods
        on {{ overlaps_period(
            'complaints.data_ricezione', 'complaints.data_risposta', 'periods.period_start', 'periods.period_end'
        ) }}

)

select * from complaint_periods
