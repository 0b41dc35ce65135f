with expenditure as (

    select * from {{ ref('int_expenditure_borne') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type in ('semester', 'year')

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

voices as (

    select * from {{ ref('code_lists') }}
    where code_list in ('voce_spesa', 'total_voce')

),

summed as (

    select
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        municipality_code,
        {{ or_total('service_code') }},
        {{ or_total('voce') }},
        sum(committed)::decimal(18, 2) as committed,
        sum(spent)::decimal(18, 2) as spent
    from expenditure
    inner join periods on expenditure.data_competenza between periods.period_start and periods.period_end
    group by 1, 2, 3, 4, 5, municipality_code, cube (service_code, voce)

),

labelled as (

    select
        summed.period_type,
        summed.period,
        summed.municipality_code,
        summed.service_code,
        summed.voce,
        municipalities.municipality_name,
        services.service_name,
        voices.label as voce_name,
        summed.period_start,
        summed.period_end,
        summed.is_complete,
        summed.committed,
        summed.spent
    from summed
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join voices on summed.voce = voices.code

)

select * from labelled
