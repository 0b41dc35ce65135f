with services as (

    select * from {{ ref('services') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

with_total as (

    select
        service_code,
        name as service_name,
        short_name as service_short_name,
        area,
        has_cases,
        sort_order,
        false as is_total
    from services
    union all
    select
        code,
        label,
        label,
        null,
        true,
        0,
        true
    from code_lists
    where code_list = 'total_service'

)

select * from with_total
