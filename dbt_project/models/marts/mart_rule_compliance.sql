with outcomes as (

    select * from {{ ref('rule_outcomes') }}

),

rules as (

    select * from {{ ref('rules') }}

),

rules_and_total as (

    select rule_id, title as rule_title, document, article, severity, note, period_kind, sort_order as rule_order
    from rules
    union all
    select code, label, null, null, null, null, 'record', 0
    from {{ ref('code_lists') }}
    where code_list = 'total_rule'

),

grid as (

    select periods.*, municipalities.municipality_code, municipalities.municipality_name, rules_and_total.*
    from {{ ref('dim_period') }} as periods
    cross join {{ ref('dim_municipality') }} as municipalities
    cross join rules_and_total
    where periods.period_type in ('semester', 'year')
        and {{ since_first('periods.period_start', 'outcomes', 'event_date') }}
        -- A rule on whole periods looks at the Ambito; one on years is in no semester.
        and (rules_and_total.period_kind = 'record' or municipalities.is_total)
        and (rules_and_total.period_kind <> 'year' or periods.period_type = 'year')

),

counted as (

    select * from {{ ref('int_rule_count') }}

),

-- What the body never recorded, in any of its records.
recorded as (

    select rule_id, {{ or_total('municipality_code') }}, bool_or(is_recorded) as is_recorded
    from outcomes
    group by rule_id, cube (municipality_code)
    having {{ is_no_part_named_total('municipality_code') }}

),

final as (

    select
        grid.* exclude (period_kind, is_covered),
        {%- for outcome in rule_outcomes() %}
        coalesce(counted.{{ outcome }}, 0) as {{ outcome }},
        {%- endfor %}
        coalesce(counted.compliant + counted.not_compliant + counted.not_assessable, 0) as checked,
        {{ rate('counted.compliant', '(counted.compliant + counted.not_compliant)') }} as compliance_rate,
        coalesce(not recorded.is_recorded, false) as is_not_recorded
    from grid
    left join counted using (period_type, period, municipality_code, rule_id)
    left join recorded using (municipality_code, rule_id)

)

select * from final
