with spell_periods as (

    select * from {{ ref('int_spell_period') }}

),

caseload as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        count(*) filter (where is_open_at_start) as open_at_start,
        count(*) filter (where is_opened) as opened,
        count(*) filter (where is_closed) as closed,
        count(*) filter (where is_open_at_end) as open_at_end,
        {{ count_distinct_where('minor_id', 'is_open_at_end') }} as minors_at_end,
        {{ count_distinct_where('minor_id') }} as minors_in_period
    from spell_periods
    group by period_type, period, cube (municipality_code, service_code)

)

select * from caseload
