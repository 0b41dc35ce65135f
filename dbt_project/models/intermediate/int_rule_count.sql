with outcomes as (

    select * from {{ ref('rule_outcomes') }}

),

rules as (

    select * from {{ ref('rules') }}

),

by_month as (

    select
        outcomes.rule_id,
        rules.period_kind,
        outcomes.municipality_code,
        date_trunc('month', outcomes.event_date)::date as month_start,
        {{ outcome_counts() }}
    from outcomes
    inner join rules using (rule_id)
    group by outcomes.rule_id, rules.period_kind, outcomes.municipality_code, month_start

),

counted as (

    select
        months.period_type,
        months.period,
        {{ or_total('municipality_code') }},
        {{ or_total('rule_id') }},
        {%- for outcome in rule_outcomes() %}
        sum({{ outcome }})::bigint as {{ outcome }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from by_month
    inner join {{ ref('int_period_month') }} as months using (month_start)
    where by_month.period_kind <> 'year' or months.period_type = 'year'
    group by months.period_type, months.period, cube (municipality_code, rule_id)
    having {{ is_no_part_named_total('municipality_code') }}

)

select * from counted
