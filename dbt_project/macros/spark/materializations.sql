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
