{#- Money of the co-design, item by item: what was allotted for a year (no `day`) and what was committed and spent on a
    day. What belongs to all stands under the Ambito alone, whichever body delivered it; fees are outside the areas. -#}
{% macro budget_items() -%}
    with money as (

        select
            anno as year, null::date as day, area, municipality_code, is_shared,
            allotted, 0 as committed, 0 as spent, 0 as fees_committed, 0 as fees_spent
        from {{ ref('fct_resource') }}
        union all
        select
            year(data_competenza), data_competenza, area, municipality_code, is_shared,
            0, committed, spent, 0, 0
        from {{ ref('fct_expenditure') }}
        where not is_fee
        union all
        -- Fees are in the totals only.
        select
            year(data_competenza), data_competenza, null, municipality_code, false,
            0, 0, 0, committed, spent
        from {{ ref('fct_expenditure') }}
        where is_fee

    )

    select * exclude (is_shared) from money
    where not is_shared
    union all
    select * exclude (is_shared) replace ({{ total_code('municipality_code') }} as municipality_code)
    from money
{%- endmacro %}
