-- What is this: periods and municipalities where placements at the start + started - ended are not those at the end, or
-- where forms, types and outcomes do not add up to the placements that they divide.
-- When does it matter: reports show them side by side; they must add up.
-- How to resolve: for the identity look at int_placement_period; for parts a code is missing from the macros
-- placement_categories and outcome_classes.
with foster_care as (

    select * from {{ ref('mart_foster_care') }}

),

residential_care as (

    select * from {{ ref('mart_residential_care') }}

),

broken as (

    {% for care_type, mart in {'affido': 'foster_care', 'struttura': 'residential_care'}.items() -%}
    select '{{ care_type }}' as care_type, period_type, period, municipality_code, at_start, started, ended, at_end
    from {{ mart }}
    where at_start + started - ended <> at_end
        or ended <> 0 {%- for class in outcome_classes() %} + ended_{{ class }} {%- endfor %}
        {%- for column, codes in placement_categories(care_type) %}
        or at_end <> 0 {%- for code in codes %} + at_end_{{ column }}_{{ code | lower }} {%- endfor %}
        or at_start + started <> 0 {%- for code in codes %} + in_period_{{ column }}_{{ code | lower }} {%- endfor %}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from broken
