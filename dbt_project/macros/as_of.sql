{#- The reference date of the build, the only "today" that models know. -#}
{% macro as_of() -%}
    date '{{ var("as_of") }}'
{%- endmacro %}

{#- By this moment the landing held something extracted after the reference date: what came then, or later, was not
    known at that date. Deliveries are dated by their extractions; this is for what has no date of its own. -#}
{% macro came_after_as_of(moment) -%}
    coalesce(
        {{ moment }} >= (
            select min(loaded_at) from {{ source('meta', 'deliveries') }}
            where outcome = 'landed' and last_extraction > {{ as_of() }}
        ),
        false
    )
{%- endmacro %}

{#- Rows that still waited for another record at the reference date, and have landed since: delivery, row and extract. -#}
{% macro landed_after_as_of() -%}
    select distinct extract, delivery_id, "row" as source_row
    from {{ source('quarantine', 'rows') }}
    where state = 'landed' and {{ came_after_as_of('closed_at') }}
{%- endmacro %}
