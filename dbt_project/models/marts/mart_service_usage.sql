with counted as (

    select * from {{ ref('int_service_usage') }}

),

reach as (

    select * from {{ ref('int_intervention_reach') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

intervention_types as (

    select * from {{ ref('code_lists') }}
    where code_list in ('tipo_intervento', 'total_intervention_type')

),

labelled as (

    select
        counted.period_type,
        counted.period,
        counted.municipality_code,
        counted.service_code,
        counted.intervention_type,
        municipalities.municipality_name,
        services.service_name,
        intervention_types.label as intervention_type_name,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        counted.* exclude (period_type, period, municipality_code, service_code, intervention_type),
        {{ rate('counted.delivered', 'counted.interventions') }} as delivery_rate,
        coalesce(reach.minors_reached, 0) as minors_reached
    from counted
    left join reach using (period_type, period, municipality_code, service_code, intervention_type)
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join intervention_types on counted.intervention_type = intervention_types.code

)

select * from labelled
