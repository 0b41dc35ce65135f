{#- Totals by grouping sets: `group by fixed, cube (…)` with the code of the total where a column is rolled up. -#}

{#- The code that stands for "all" in a column. -#}
{% macro total_code(column) -%}
    {%- set codes = {
        'municipality_code': 'AMBITO',
        'service_code': 'TUTTI',
        'intervention_type': 'TUTTI',
        'sex': 'TUTTI',
    } -%}
    '{{ codes.get(column, "TUTTE") }}'
{%- endmacro %}

{#- A grouped column, or the code of its total in the rows where it is rolled up. -#}
{% macro or_total(column) -%}
    case when grouping({{ column }}) = 1 then {{ total_code(column) }} else {{ column }} end as {{ column }}
{%- endmacro %}

{#- The period is not before the year of the first `day` known: before it, a zero would be an unknown. -#}
{% macro since_first(period_start, relation, day) -%}
    {{ period_start }} >= (select date_trunc('year', min({{ day }})) from {{ relation }})
{%- endmacro %}

{#- For `having`: leaves out the group of the rows that already carry the code of the total (what belongs to all), so
    that they are counted in the total alone. -#}
{% macro is_no_part_named_total(column) -%}
    (grouping({{ column }}) = 1 or {{ column }} <> {{ total_code(column) }})
{%- endmacro %}
