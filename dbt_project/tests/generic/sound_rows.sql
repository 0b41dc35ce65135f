{#-
    What is this: the rows of a model hold together. The columns of `key` are never missing and identify a row;
    each column of `references` (column: dimension whose key has the same name) and of `codes` (column: name of its
    list in the seed code_lists) holds a known value or nothing.
    When does it matter: a doubled key counts somebody twice, an unknown code drops out of tables with labels.
    How to resolve: `problem` names what is wrong and `example` one case; follow it to the staging model and to the
    delivery. All in one query per model, because each test costs dbt more than it costs the database.
-#}
{% test sound_rows(model, key, references={}, codes={}) %}

with broken_keys as (

    select {{ key | join(', ') }}, count(*) as records
    from {{ model }}
    group by {{ key | join(', ') }}
    having count(*) > 1
    {%- for column in key %}
        or {{ column }} is null
    {%- endfor %}

),

problems as (

    select
        'key missing or not unique' as problem,
        concat_ws(' | ', {{ key | join(', ') }}) as example,
        records
    from broken_keys
    {%- for column, dimension in references.items() %}
    union all
    select '{{ column }} not in {{ dimension }}', min({{ column }}::varchar), count(*)
    from {{ model }}
    where {{ column }} is not null
        and {{ column }} not in (select {{ column }} from {{ ref(dimension) }})
    having count(*) > 0
    {%- endfor %}
    {%- for column, code_list in codes.items() %}
    union all
    select '{{ column }} not in the list {{ code_list }}', min({{ column }}), count(*)
    from {{ model }}
    where {{ column }} is not null
        and {{ column }} not in (select code from {{ ref('code_lists') }} where code_list = '{{ code_list }}')
    having count(*) > 0
    {%- endfor %}

)

select * from problems

{% endtest %}
