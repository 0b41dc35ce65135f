with contributions as (

    select * from {{ ref('fct_contribution_due') }}
    where is_assessable

),

scenarios as (

    select * from {{ ref('isee_scenarios') }}

),

under_scenario as (

    select
        contributions.* replace (
            {{ changed_threshold('contributions.isee_iniziale', 'scenarios.isee_iniziale_change') }} as isee_iniziale,
            {{ changed_threshold('contributions.isee_finale', 'scenarios.isee_finale_change') }} as isee_finale
        ),
        scenarios.scenario_code
    from contributions
    cross join scenarios

),

by_formula as (

    select
        *,
        {{ contribution_quota_with({}) }} as quota_by_scenario,
        -- What who presents no ISEE owes.
        {{ contribution_quota_with({'isee': 'null'}) }} as highest_quota
    from under_scenario

),

persons as (

    select
        year,
        scenario_code,
        municipality_code,
        prestazione,
        obliged_person,
        any_value(minor_id) as minor_id,
        count(*) as contributions,
        sum(due_by_formula)::decimal(38, 2) as due_by_formula,
        sum({{ contribution_due('quota_by_scenario', 'quantita') }})::decimal(38, 2) as due_by_scenario,
        bool_and(quota_by_scenario = highest_quota) as is_always_highest,
        min(isee_iniziale) as lowest_isee_iniziale,
        max(isee_iniziale) as highest_isee_iniziale,
        min(isee_finale) as lowest_isee_finale,
        max(isee_finale) as highest_isee_finale
    from by_formula
    group by year, scenario_code, municipality_code, prestazione, obliged_person

)

select * from persons
