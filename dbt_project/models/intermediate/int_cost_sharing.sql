with contributions as (

    select * from {{ ref('fct_contribution_due') }}

),

summed as (

    select
        year,
        {{ or_total('municipality_code') }},
        {{ or_total('prestazione') }},
        {{ contribution_measures() }},
        -- Units of different kinds are not added up.
        case when grouping(prestazione) = 0 and min(unita) = max(unita) then min(unita) end as unit,
        sum(quantita)::decimal(38, 2) as units,
        count(*) filter (where isee is null) as isee_missing,
        count(*) filter (where not is_assessable) as not_assessable,
        coalesce(sum(importo_dovuto) filter (where is_assessable), 0)::decimal(38, 2) as charged_assessable,
        count(*) filter (where deroga) as derogations,
        coalesce(sum(due_by_formula - importo_dovuto) filter (where deroga), 0)::decimal(38, 2) as waived,
        count(*) filter (where is_mismatch) as mismatches,
        coalesce(sum(due_difference) filter (where is_mismatch), 0)::decimal(38, 2) as mismatch_difference,
        count(*) filter (where is_amount_mismatch) as amount_mismatches
    from contributions
    group by year, cube (municipality_code, prestazione)

)

select * from summed
