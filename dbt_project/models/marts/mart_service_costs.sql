with costs as (

    select * from {{ ref('int_service_cost') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

areas as (

    select * from {{ ref('code_lists') }}
    where code_list in ('area', 'total_area')

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type = 'year'

),

final as (

    select
        costs.year,
        costs.municipality_code,
        costs.service_code,
        municipalities.municipality_name,
        services.service_name,
        costs.area,
        areas.label as area_name,
        coalesce(periods.is_complete, false) as is_complete,
        costs.committed,
        costs.spent,
        costs.fees_committed,
        costs.fees,
        costs.total_committed,
        costs.total_spent,
        costs.minors_in_year,
        {{ rate('costs.spent', 'costs.minors_in_year') }} as spent_per_minor,
        {{ rate('costs.total_spent', 'costs.minors_in_year') }} as total_per_minor,
        costs.resident_minors,
        costs.resident_minors_year,
        {{ rate('costs.spent', 'costs.resident_minors') }} as spent_per_resident_minor,
        {{ rate('costs.total_spent', 'costs.resident_minors') }} as total_per_resident_minor
    from costs
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join areas on costs.area = areas.code
    left join periods on costs.year = year(periods.period_start)

)

select * from final
