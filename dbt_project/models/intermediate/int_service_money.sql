with expenditure as (

    select * from {{ ref('int_expenditure_borne') }}

),

summed as (

    select
        year(data_competenza)::integer as year,
        municipality_code,
        {{ or_total('service_code') }},
        sum(committed)::decimal(18, 2) as total_committed,
        sum(spent)::decimal(18, 2) as total_spent,
        coalesce(sum(committed) filter (where is_fee), 0)::decimal(18, 2) as fees_committed,
        coalesce(sum(spent) filter (where is_fee), 0)::decimal(18, 2) as fees,
        total_committed - fees_committed as committed,
        total_spent - fees as spent
    from expenditure
    group by 1, municipality_code, rollup (service_code)

)

select * from summed
