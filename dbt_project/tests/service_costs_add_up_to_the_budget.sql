-- What is this: years in which the costs by service of the whole Ambito are not what the budget says was spent.
-- When does it matter: reports show both; the same euro may not be two sums.
-- How to resolve: an item of expenditure falls out of one of the two: compare their rows of that year by service.
with costs as (

    select * from {{ ref('mart_service_costs') }}
    where municipality_code = 'AMBITO' and service_code = 'TUTTI'

),

budget as (

    select * from {{ ref('mart_budget') }}
    where municipality_code = 'AMBITO' and area = 'TUTTE'

),

broken as (

    select year, budget.spent, costs.spent as spent_by_service, budget.fees_spent, costs.fees as fees_by_service
    from budget
    full join costs using (year)
    where (coalesce(budget.spent, 0), coalesce(budget.fees_spent, 0)) <> (coalesce(costs.spent, 0), coalesce(costs.fees, 0))
        or (coalesce(budget.committed, 0), coalesce(budget.fees_committed, 0))
        <> (coalesce(costs.committed, 0), coalesce(costs.fees_committed, 0))

)

select * from broken
