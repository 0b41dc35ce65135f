{#- The reference date of the build, the only "today" that models know. -#}
{% macro as_of() -%}
    date '{{ var("as_of") }}'
{%- endmacro %}
