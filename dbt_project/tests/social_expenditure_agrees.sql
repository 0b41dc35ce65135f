-- What is this: years and municipalities where the survey on social expenditure says other than the marts of costs and
-- of cost sharing do, or where the sources do not add up to what was spent.
-- When does it matter: the same money is told to the State and in the yearly report.
-- How to resolve: compare int_service_cost, int_cost_sharing and int_expenditure_source with mart_social_expenditure.
with survey as (

    select * from {{ ref('mart_social_expenditure') }}

),

costs as (

    select * from {{ ref('mart_service_costs') }}

),

cost_sharing as (

    select year, municipality_code, charged, paid from {{ ref('mart_cost_sharing') }}
    where prestazione = 'TUTTE'

),

problems as (

    select 'spent' as problem, year, municipality_code, service_code
    from survey
    full join costs using (year, municipality_code, service_code)
    where coalesce(survey.spent, 0) <> coalesce(costs.total_spent, 0)
        or coalesce(survey.committed, 0) <> coalesce(costs.total_committed, 0)
    union all
    select 'paid', year, municipality_code, service_code
    from (select * from survey where service_code = 'TUTTI') as survey
    full join cost_sharing using (year, municipality_code)
    where coalesce(survey.user_share_paid, 0) <> coalesce(cost_sharing.paid, 0)
        or coalesce(survey.user_share_due, 0) <> coalesce(cost_sharing.charged, 0)
    union all
    select 'sources', year, municipality_code, service_code
    from survey
    where from_comuni + from_fondo_regionale + from_fondo_nazionale + from_fondo_europeo + from_partner + from_utenza
        + from_unknown <> spent

)

select * from problems
