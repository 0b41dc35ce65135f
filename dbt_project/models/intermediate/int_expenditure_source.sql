with expenditure as (

    select * from {{ ref('int_expenditure_borne') }}

),

summed as (

    select
        year(data_competenza)::integer as year,
        municipality_code,
        {{ or_total('service_code') }},
        {%- for fonte in ['comuni', 'fondo_regionale', 'fondo_nazionale', 'fondo_europeo', 'partner', 'utenza'] %}
        coalesce(sum(spent) filter (where fonte = '{{ fonte }}'), 0)::decimal(18, 2) as from_{{ fonte }},
        {%- endfor %}
        coalesce(sum(spent) filter (where fonte is null), 0)::decimal(18, 2) as from_unknown
    from expenditure
    group by 1, municipality_code, rollup (service_code)

)

select * from summed
