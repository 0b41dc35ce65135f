-- What is this: periods, municipalities and services where open_at_start + opened - closed is not open_at_end.
-- When does it matter: the semi-annual accounting shows the four side by side; they must add up.
-- How to resolve: the flags of int_spell_period contradict one another: look there at a spell of the row that fails.
with caseload as (

    select * from {{ ref('mart_caseload_by_municipality') }}

),

broken as (

    select period_type, period, municipality_code, service_code, open_at_start, opened, closed, open_at_end
    from caseload
    where open_at_start + opened - closed <> open_at_end

)

select * from broken
