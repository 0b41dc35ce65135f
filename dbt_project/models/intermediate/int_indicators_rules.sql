with rules as (

    select
        *,
        compliant + not_compliant as assessed,
        {{ total_code('service_code') }} as service_code
    from {{ ref('int_rule_count') }}
    where period_type in ('semester', 'year')

),

indicators as (

    {{ indicator('regole_rispettate', 'compliant', 'assessed') }}
    from rules
    where rule_id = {{ total_code('rule_id') }}
    union all
    {{ indicator_by('regola', 'rule_id', 'compliant', 'assessed') }}
    from rules
    where rule_id <> {{ total_code('rule_id') }}

)

select * from indicators
