-- What is this: cells where the simulation with unchanged thresholds is not what mart_cost_sharing says is due by the
-- formula, where somebody would pay another amount under them, or where persons by what they pay are not all persons.
-- When does it matter: the Assemblea dei Sindaci compares every hypothesis with today; today must be the same figure.
-- How to resolve: both come from fct_contribution_due: look for a condition that int_contribution_scenario lacks, or
-- for isee_scenarios without a row that changes nothing.
with today as (

    select * from {{ ref('mart_cost_sharing') }}
    where contributions > not_assessable

),

simulated as (

    select * from {{ ref('mart_isee_simulation') }}

),

unchanged as (

    select * from simulated
    where isee_iniziale_change = 0 and isee_finale_change = 0

),

broken as (

    select
        year, municipality_code, prestazione, 'not what is due by the formula' as problem,
        today.due_by_formula as expected, unchanged.due_by_scenario as found
    from today
    full join unchanged using (year, municipality_code, prestazione)
    where today.due_by_formula is distinct from unchanged.due_by_scenario
        or today.contributions - today.not_assessable is distinct from unchanged.contributions
        or (today.not_assessable = 0 and today.obliged_persons is distinct from unchanged.obliged_persons)
    union all
    select year, municipality_code, prestazione, 'somebody pays another amount', 0, pays_more + pays_less
    from unchanged
    where pays_more + pays_less + affected_minors > 0
    union all
    select
        year, municipality_code, prestazione, 'persons do not add up', obliged_persons,
        exempt_persons + graduated_persons + full_cost_persons
    from simulated
    where obliged_persons <> exempt_persons + graduated_persons + full_cost_persons

)

select * from broken
