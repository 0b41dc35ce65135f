with summed as (

    select * from {{ ref('int_isee_simulation') }}

),

scenarios as (

    select * from {{ ref('isee_scenarios') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

labelled as (

    select
        summed.year,
        summed.scenario_code,
        summed.municipality_code,
        summed.prestazione,
        names.label as scenario_name,
        scenarios.description as scenario_description,
        names.sort_order as scenario_order,
        municipalities.municipality_name,
        services.label as prestazione_name,
        make_date(summed.year, 12, 31) <= {{ as_of() }} as is_complete,
        scenarios.isee_iniziale_change,
        scenarios.isee_finale_change,
        -- Thresholds of different services are no range.
        {% for threshold in ['lowest_isee_iniziale', 'highest_isee_iniziale', 'lowest_isee_finale', 'highest_isee_finale'] -%}
        case when summed.prestazione <> {{ total_code('prestazione') }} then summed.{{ threshold }} end as {{ threshold }},
        {% endfor -%}
        summed.contributions,
        summed.obliged_persons,
        summed.minors,
        summed.paying_minors,
        summed.affected_minors,
        summed.due_by_formula,
        summed.due_by_scenario,
        summed.due_by_scenario - summed.due_by_formula as difference,
        {{ rate('(summed.due_by_scenario - summed.due_by_formula)', 'summed.due_by_formula') }} as difference_rate,
        summed.exempt_persons,
        summed.graduated_persons,
        summed.full_cost_persons,
        summed.pays_more,
        summed.pays_less
    from summed
    inner join scenarios using (scenario_code)
    inner join municipalities using (municipality_code)
    inner join code_lists as names on names.code_list = 'isee_scenario' and summed.scenario_code = names.code
    inner join code_lists as services
        on services.code_list in ('prestazione', 'total_prestazione') and summed.prestazione = services.code

)

select * from labelled
