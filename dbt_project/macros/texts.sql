{#- Values as people write them; the texts around them are in the seeds. -#}

{#- A date as 30/06/2022. -#}
{% macro italian_date(day) -%}
    strftime({{ day }}, '%d/%m/%Y')
{%- endmacro %}

{#- A number with so many decimals, as 1.234,50. -#}
{% macro italian_number(value, decimals) -%}
    translate(format('{:,.{{ decimals }}f}', ({{ value }})::double), ',.', '.,')
{%- endmacro %}

{#- A flag as it is delivered: S or N; nothing when it is not stated. -#}
{% macro delivered_flag(value) -%}
    case when {{ value }} then 'S' when not {{ value }} then 'N' end
{%- endmacro %}

{#- The names of the columns that are empty, separated by commas; an empty text when none is. -#}
{% macro empty_columns(columns) -%}
    concat_ws(', '{% for column in columns %}, case when {{ column }} is null then '{{ column }}' end{% endfor %})
{%- endmacro %}
