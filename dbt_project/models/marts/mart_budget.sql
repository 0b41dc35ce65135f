with money as (

    select * from {{ ref('int_budget_money') }}

),

caseload as (

    select * from {{ ref('int_area_caseload') }}

),

residents as (

    select * from {{ ref('int_resident_minors') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

areas as (

    select * from {{ ref('code_lists') }}
    where code_list in ('area', 'total_area')

),

combined as (

    select
        money.year,
        money.municipality_code,
        money.area,
        municipalities.municipality_name,
        areas.label as area_name,
        money.allotted,
        money.committed,
        money.spent,
        case when money.area = {{ total_code('area') }} then money.fees_committed end as fees_committed,
        case when money.area = {{ total_code('area') }} then money.fees_spent end as fees_spent,
        coalesce(caseload.minors_in_year, 0) as minors_in_year,
        residents.resident_minors,
        residents.resident_minors_year
    from money
    inner join municipalities using (municipality_code)
    inner join areas on money.area = areas.code
    left join caseload using (year, municipality_code, area)
    left join residents using (year, municipality_code)

),

ambito as (

    select year, area, allotted, minors_in_year, resident_minors
    from combined
    where municipality_code = {{ total_code('municipality_code') }}

),

final as (

    select
        combined.year,
        combined.municipality_code,
        combined.area,
        combined.municipality_name,
        combined.area_name,
        combined.allotted,
        combined.committed,
        combined.spent,
        (combined.allotted - combined.spent)::decimal(18, 2) as residual,
        {{ rate('combined.spent', 'combined.allotted') }} as execution_rate,
        combined.fees_committed,
        combined.fees_spent,
        combined.minors_in_year,
        {{ rate('combined.spent', 'combined.minors_in_year') }} as spent_per_minor,
        combined.resident_minors,
        combined.resident_minors_year,
        {{ rate('combined.allotted', 'ambito.allotted') }} as share_of_budget,
        {{ rate('combined.minors_in_year', 'ambito.minors_in_year') }} as share_of_caseload,
        {{ rate('combined.resident_minors', 'ambito.resident_minors') }} as share_of_resident_minors
    from combined
    left join ambito using (year, area)

)

select * from final
