with costs as (

    select 'year' as period_type, year::varchar as period, *
    from {{ ref('int_service_cost') }}

),

with_cases as (

    select * from costs
    where minors_in_year is not null

),

budget as (

    select 'year' as period_type, year::varchar as period, {{ total_code('service_code') }} as service_code, *
    from {{ ref('int_budget_money') }}

),

cost_sharing as (

    select 'year' as period_type, year::varchar as period, {{ total_code('service_code') }} as service_code, *
    from {{ ref('int_cost_sharing') }}
    where prestazione = {{ total_code('prestazione') }}

),

indicators as (

    {{ indicator('spesa_per_minore', 'spent', 'minors_in_year') }}
    from with_cases
    union all
    {{ indicator('spesa_totale_per_minore', 'total_spent', 'minors_in_year') }}
    from with_cases
    union all
    {{ indicator('spesa_per_residente', 'spent', 'resident_minors') }}
    from costs
    union all
    {{ indicator('spesa_totale_per_residente', 'total_spent', 'resident_minors') }}
    from costs
    union all
    {{ indicator('quota_spesa', 'spent', 'allotted') }}
    from budget
    where area = {{ total_code('area') }}
    union all
    {{ indicator_by('quota_spesa', 'area', 'spent', 'allotted') }}
    from budget
    where area <> {{ total_code('area') }}
    union all
    {{ indicator('compartecipazione_riscossa', 'paid', 'charged') }}
    from cost_sharing

)

select * from indicators
