with complaints as (

    select * from {{ ref('int_complaint_count') }}

),

final as (

    select
        period_type,
        period,
        municipality_code,
        service_code,
        municipality_name,
        service_name,
        period_start,
        period_end,
        is_complete,
        received,
        answered,
        term_assessable,
        answered_within_term,
        {{ rate('answered_within_term', 'term_assessable') }} as answered_within_term_rate,
        open_at_end,
        upheld,
        {{ rate('upheld', 'answered') }} as upheld_rate,
        median_days_to_answer,
        minors_in_period,
        {{ rate('received', 'minors_in_period', per=100) }} as complaints_per_100_minors
    from complaints

)

select * from final
