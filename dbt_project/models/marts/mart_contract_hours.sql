with compared as (

    select * from {{ ref('int_contract_hours') }}

),

contracts as (

    select * from {{ ref('contract_hours') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

final as (

    select
        compared.period_type,
        compared.period,
        compared.service_code,
        services.service_name,
        compared.period_start,
        compared.period_end,
        periods.is_complete,
        compared.hours,
        compared.contract_hours,
        compared.hours - compared.contract_hours as difference,
        {{ rate('compared.hours', 'compared.contract_hours') }} as coverage_rate,
        {{ rate('compared.hours', weeks_of_period('compared.period_start', 'compared.period_end')) }}
            as hours_per_week,
        contracts.hours as hours_fixed,
        contracts.per as fixed_per,
        contracts.source_document,
        contracts.source_section,
        contracts.reading
    from compared
    inner join contracts using (service_code)
    inner join periods using (period_type, period)
    inner join services using (service_code)

)

select * from final
