with profiles as (

    select * from {{ ref('int_spell_profile') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

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

-- One row per spell, period and dimension; the closing reason is asked only of spells closed in the period.
described as (

    {% for dimension, code_list in profile_dimensions().items() -%}
    select
        period_type, period, municipality_code, service_code, minor_id, is_open_at_end,
        '{{ dimension }}' as dimension,
        '{{ code_list }}' as code_list,
        coalesce({{ dimension }}, 'non_indicato') as category
    from profiles
    {% if dimension == 'closing_reason' %}where is_closed{% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        dimension,
        code_list,
        category,
        case
            when dimension <> 'closing_reason' then {{ count_distinct_where('minor_id', 'is_open_at_end') }}
        end as minors_at_end,
        {{ count_distinct_where('minor_id') }} as minors_in_period
    from described
    group by period_type, period, dimension, code_list, category, cube (municipality_code, service_code)

),

labelled as (

    select
        counted.period_type,
        counted.period,
        counted.municipality_code,
        counted.service_code,
        counted.dimension,
        counted.category,
        municipalities.municipality_name,
        services.service_name,
        dimensions.label as dimension_name,
        coalesce(categories.label, missing.label) as category_name,
        coalesce(categories.sort_order, 99) as category_order,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.is_covered,
        counted.minors_at_end,
        counted.minors_in_period
    from counted
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join code_lists as dimensions
        on dimensions.code_list = 'profile_dimension' and counted.dimension = dimensions.code
    left join code_lists as categories
        on counted.code_list = categories.code_list and counted.category = categories.code
    left join code_lists as missing on missing.code_list = 'missing' and counted.category = missing.code

)

select * from labelled
