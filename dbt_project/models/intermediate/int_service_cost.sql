with money as (

    select * from {{ ref('int_service_money') }}

),

caseload as (

    select cast(period as integer) as year, municipality_code, service_code, minors_in_period
    from {{ ref('int_caseload') }}
    where period_type = 'year'

),

residents as (

    select * from {{ ref('int_resident_minors') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

combined as (

    select
        money.*,
        coalesce(services.area, {{ total_code('area') }}) as area,
        case when services.has_cases then coalesce(caseload.minors_in_period, 0) end as minors_in_year,
        residents.resident_minors,
        residents.resident_minors_year
    from money
    inner join services using (service_code)
    left join caseload using (year, municipality_code, service_code)
    left join residents using (year, municipality_code)

)

select * from combined
