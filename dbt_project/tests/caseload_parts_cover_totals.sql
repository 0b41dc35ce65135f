-- What is this: rows of municipalities and services that do not cover their total: spells must add up exactly to
-- that of the Ambito or of all services, distinct minors to at least it (a minor may be in two of the parts).
-- When does it matter: a total greater than its parts means spells outside every municipality or service.
-- How to resolve: look for spells whose municipality or service is missing from the dimensions.
with caseload as (

    select * from {{ ref('mart_caseload_by_municipality') }}

),

totals as (

    select
        period_type,
        period,
        case when municipality_code = 'AMBITO' then 'AMBITO' else 'parts' end as municipalities,
        case when service_code = 'TUTTI' then 'TUTTI' else 'parts' end as services,
        sum(open_at_end) as open_at_end,
        sum(minors_at_end) as minors_at_end,
        sum(minors_in_period) as minors_in_period
    from caseload
    group by all

),

broken as (

    select parts.*
    from totals as parts
    inner join totals as whole using (period_type, period)
    where whole.municipalities = 'AMBITO'
        and whole.services = 'TUTTI'
        and (
            parts.open_at_end <> whole.open_at_end
            or parts.minors_at_end < whole.minors_at_end
            or parts.minors_in_period < whole.minors_in_period
        )

)

select * from broken
