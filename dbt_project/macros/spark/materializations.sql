{#-
    What follows in the statement is in DuckDB's dialect, as the models are written: the session says it in Spark's
    (`spark/session.py`).
-#}
{% macro in_duckdb_dialect() -%}
    /* in DuckDB's dialect */
{%- endmacro %}

{% materialization table, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}

    {% call statement('main') -%}
        create table {{ relation }} using parquet as {{ in_duckdb_dialect() }} {{ compiled_code }}
    {%- endcall %}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- A table too: what several models read is worked out once. -#}
{% materialization view, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}

    {% call statement('main') -%}
        create table {{ relation }} using parquet as {{ in_duckdb_dialect() }} {{ compiled_code }}
    {%- endcall %}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- The rows of a list as values of one query; every column has its type in `seeds/_seeds.yml`. -#}
{% materialization seed, adapter='spark' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set list = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=list) -%}
    {%- set types = model['config'].get('column_types', {}) -%}

    {% call statement('main') -%}
        create table {{ relation }} using parquet as {{ in_duckdb_dialect() }}
        select
            {%- for column in list.column_names %}
            cast(list.{{ column }} as {{ types[column] }}) as {{ column }}{% if not loop.last %},{% endif %}
            {%- endfor %}
        from (
            values
            {%- for row in list.rows %}
            ({%- for value in row -%}
                {{ "null" if value is none else "'" ~ (value | string | replace("'", "''")) ~ "'" }}
                {%- if not loop.last %}, {% endif -%}
            {%- endfor -%}){% if not loop.last %},{% endif %}
            {%- endfor %}
        ) as list ({{ list.column_names | join(', ') }})
    {%- endcall %}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
