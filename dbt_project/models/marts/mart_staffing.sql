with staffing as (

    select * from {{ ref('int_staffing') }}

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

profiles as (

    select * from {{ ref('code_lists') }}
    where code_list in ('profilo_operatore', 'total_profilo', 'missing')

),

final as (

    select
        staffing.period_type,
        staffing.period,
        staffing.municipality_code,
        staffing.service_code,
        staffing.profilo,
        municipalities.municipality_name,
        services.service_name,
        profiles.label as profilo_name,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        staffing.hours,
        {{ rate('staffing.hours', weeks_of_period('periods.period_start', 'periods.period_end')) }} as hours_per_week,
        {{ full_time_equivalents('staffing.hours', weeks_of_period('periods.period_start', 'periods.period_end')) }}
            as fte,
        staffing.professionals
    from staffing
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join profiles on staffing.profilo = profiles.code

)

select * from final
