{#- As the table: one statement, in a file that holds nothing yet. -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}

    {% call statement('main') -%}
        create or replace view {{ relation }} as (
            {{ compiled_code }}
        )
    {%- endcall %}
    {{ adapter.commit() }}

    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
