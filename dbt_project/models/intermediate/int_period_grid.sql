with periods as (

    select * from {{ ref('dim_period') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

grid as (

    select
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.is_covered,
        year(periods.period_start) as year,
        municipalities.municipality_code,
        municipalities.municipality_name,
        services.service_code,
        services.service_name,
        services.has_cases
    from periods
    cross join municipalities
    cross join services

)

select * from grid
