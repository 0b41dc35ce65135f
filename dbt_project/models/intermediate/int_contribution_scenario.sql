with contributions as (

    select * from {{ ref('fct_contribution_due') }}
    where is_assessable

),

-- A person's contributions on the same terms have one quota: the formula is worked out once for all of them.
alike as (

    select
        year,
        municipality_code,
        obliged_person,
        minor_id,
        {{ contribution_parameters() | join(',\n        ') }},
        count(*) as contributions,
        list(quantita) as quantities,
        sum(due_by_formula) as due_by_formula
    from contributions
    group by all

),

scenarios as (

    select * from {{ ref('isee_scenarios') }}

),

under_scenario as (

    select
        alike.* replace (
            {{ changed_threshold('alike.isee_iniziale', 'scenarios.isee_iniziale_change') }} as isee_iniziale,
            {{ changed_threshold('alike.isee_finale', 'scenarios.isee_finale_change') }} as isee_finale
        ),
        scenarios.scenario_code
    from alike
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
        sum(contributions)::bigint as contributions,
        sum(due_by_formula)::decimal(38, 2) as due_by_formula,
        sum(
            list_sum(list_transform(quantities, lambda units: {{ contribution_due('quota_by_scenario', 'units') }}))
        )::decimal(38, 2) as due_by_scenario,
        bool_and(quota_by_scenario = highest_quota) as is_always_highest,
        min(isee_iniziale) as lowest_isee_iniziale,
        max(isee_iniziale) as highest_isee_iniziale,
        min(isee_finale) as lowest_isee_finale,
        max(isee_finale) as highest_isee_finale
    from by_formula
    group by year, scenario_code, municipality_code, prestazione, obliged_person

)

select * from persons
