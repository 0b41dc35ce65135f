{#- The rows of one indicator, before a `from` whose rows have period, municipality and service. `value` only where it
    is not numerator over denominator (a median): the denominator then counts the observations. -#}
{% macro indicator(code, numerator, denominator, value='null') -%}
    select
        '{{ code }}' as indicator_code,
        {{ _indicator_columns(numerator, denominator, value) }}
{%- endmacro %}

{#- As `indicator`, for indicators that are one for each code of a column: `prefix` and the code, joined by `_`. -#}
{% macro indicator_by(prefix, column, numerator, denominator, value='null') -%}
    select
        '{{ prefix }}_' || {{ column }} as indicator_code,
        {{ _indicator_columns(numerator, denominator, value) }}
{%- endmacro %}

{% macro _indicator_columns(numerator, denominator, value) -%}
    period_type,
        period,
        municipality_code,
        service_code,
        cast({{ numerator }} as double) as numerator,
        cast({{ denominator }} as double) as denominator,
        cast({{ value }} as double) as measured_value
{%- endmacro %}
