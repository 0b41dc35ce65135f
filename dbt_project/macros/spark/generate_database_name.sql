{#- Spark has schemas and no databases above them: those that folders name are DuckDB's. -#}
{% macro spark__generate_database_name(custom_database_name=none, node=none) -%}
    {{ return(none) }}
{%- endmacro %}
