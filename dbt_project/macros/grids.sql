{#- The rows of a mart by period and municipality, for all services together, from the year of the first `day` known. -#}
{% macro municipality_grid(relation, day, period_types=['month', 'semester', 'year']) -%}
    select
        period_type, period, municipality_code, municipality_name, period_start, period_end, is_complete, is_covered, year
    from {{ ref('int_period_grid') }}
    where service_code = {{ total_code('service_code') }}
        and period_type in ('{{ period_types | join("', '") }}')
        and {{ since_first('period_start', relation, day) }}
{%- endmacro %}
