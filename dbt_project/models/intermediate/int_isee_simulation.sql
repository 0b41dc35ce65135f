with persons as (

    select * from {{ ref('int_contribution_scenario') }}

),

-- What each person owes in each cell, totals included: a person is counted once in every one.
in_cells as (

    select
        year,
        scenario_code,
        {{ or_total('municipality_code') }},
        {{ or_total('prestazione') }},
        obliged_person,
        any_value(minor_id) as minor_id,
        sum(contributions) as contributions,
        sum(due_by_formula) as due_by_formula,
        sum(due_by_scenario) as due_by_scenario,
        bool_and(is_always_highest) as is_always_highest,
        min(lowest_isee_iniziale) as lowest_isee_iniziale,
        max(highest_isee_iniziale) as highest_isee_iniziale,
        min(lowest_isee_finale) as lowest_isee_finale,
        max(highest_isee_finale) as highest_isee_finale
    from persons
    group by year, scenario_code, obliged_person, cube (municipality_code, prestazione)

),

summed as (

    select
        year,
        scenario_code,
        municipality_code,
        prestazione,
        sum(contributions)::bigint as contributions,
        count(*) as obliged_persons,
        {{ count_distinct_where('minor_id') }} as minors,
        {{ count_distinct_where('minor_id', 'due_by_scenario > 0') }} as paying_minors,
        {{ count_distinct_where('minor_id', 'due_by_scenario <> due_by_formula') }} as affected_minors,
        sum(due_by_formula)::decimal(38, 2) as due_by_formula,
        sum(due_by_scenario)::decimal(38, 2) as due_by_scenario,
        count(*) filter (where due_by_scenario = 0) as exempt_persons,
        count(*) filter (where due_by_scenario > 0 and not is_always_highest) as graduated_persons,
        count(*) filter (where due_by_scenario > 0 and is_always_highest) as full_cost_persons,
        count(*) filter (where due_by_scenario > due_by_formula) as pays_more,
        count(*) filter (where due_by_scenario < due_by_formula) as pays_less,
        min(lowest_isee_iniziale) as lowest_isee_iniziale,
        max(highest_isee_iniziale) as highest_isee_iniziale,
        min(lowest_isee_finale) as lowest_isee_finale,
        max(highest_isee_finale) as highest_isee_finale
    from in_cells
    group by year, scenario_code, municipality_code, prestazione

)

select * from summed
