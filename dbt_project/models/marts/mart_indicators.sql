{% set groups = [
    'caseload', 'flow', 'out_of_home', 'contact', 'quality', 'money', 'rules', 'governance'
] -%}
with measured as (

    {% for group in groups %}
    select * from {{ ref('int_indicators_' ~ group) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

indicators as (

    select * from {{ ref('indicators') }}

),

topics as (

    select * from {{ ref('code_lists') }}
    where code_list = 'tema_indicatore'

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

judged as (

    select
        measured.*,
        indicators.* exclude (indicator_code, numerator, denominator),
        indicators.interval = 'wilson' and measured.numerator between 0 and measured.denominator as has_interval,
        case indicators.rests_on
            when 'numeratore' then measured.numerator
            when 'denominatore' then measured.denominator
        end as observations
    from measured
    inner join indicators using (indicator_code)

),

final as (

    select
        judged.indicator_code,
        judged.period_type,
        judged.period,
        judged.municipality_code,
        judged.service_code,
        judged.name as indicator_name,
        topics.label as topic_name,
        municipalities.municipality_name,
        services.service_name,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.is_covered,
        judged.numerator,
        judged.denominator,
        coalesce(judged.measured_value, {{ rate('judged.numerator', 'judged.denominator') }} * judged.per) as value,
        judged.unit,
        judged.format as value_format,
        case when judged.has_interval then {{ wilson_low('judged.numerator', 'judged.denominator') }} * judged.per end
            as low,
        case when judged.has_interval then {{ wilson_high('judged.numerator', 'judged.denominator') }} * judged.per end
            as high,
        judged.suppressible,
        coalesce(judged.observations < {{ var('small_sample_answers') }}, false) as is_small,
        judged.sort_order as indicator_order
    from judged
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join topics on judged.topic = topics.code

)

select * from final
