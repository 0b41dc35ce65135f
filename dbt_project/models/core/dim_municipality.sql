with municipalities as (

    select * from {{ ref('municipalities') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

with_total as (

    select
        municipality_code,
        name as municipality_name,
        slug,
        is_associated,
        is_lead,
        false as is_total
    from municipalities
    union all
    select
        code,
        label,
        lower(code),
        false,
        false,
        true
    from code_lists
    where code_list = 'total_municipality'

)

select * from with_total
