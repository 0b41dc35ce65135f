with placement_periods as (

    select * from {{ ref('int_placement_period') }}

),

counted as (

    select
        care_type,
        period_type,
        period,
        {{ or_total('municipality_code') }},
        count(*) filter (where is_open_at_start) as at_start,
        count(*) filter (where is_opened) as started,
        count(*) filter (where is_closed) as ended,
        count(*) filter (where is_open_at_end) as at_end,
        count(*) filter (where is_long_at_end) as over_24_months,
        {{ count_distinct_where('minor_id') }} as minors_in_period,
        {{ count_distinct_where('minor_id', 'is_open_at_end') }} as minors_at_end,
        {{ count_distinct_where('minor_id', 'is_open_at_end and is_of_age') }} as minors_at_end_of_age,
        {{ count_distinct_where('minor_id', 'is_open_at_end and not is_unaccompanied') }}
            as minors_at_end_not_unaccompanied
        {%- for care_type in ['affido', 'struttura'] %}
        {%- for column, codes in placement_categories(care_type) %}
        {%- for code in codes %},
        count(*) filter (where {{ column }} = '{{ code }}' and is_open_at_end)
            as at_end_{{ column }}_{{ code | lower }},
        count(*) filter (where {{ column }} = '{{ code }}') as in_period_{{ column }}_{{ code | lower }}
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        {%- for outcome_class in outcome_classes() %},
        count(*) filter (where is_closed and outcome_class = '{{ outcome_class }}') as ended_{{ outcome_class }}
        {%- endfor %}
    from placement_periods
    group by care_type, period_type, period, cube (municipality_code)

)

select * from counted
