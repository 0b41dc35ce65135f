with residents as (

    select * from {{ ref('resident_minors') }}

),

years as (

    select year(period_start) as year from {{ ref('dim_period') }} where period_type = 'year'
    union
    select anno as year from {{ ref('fct_resource') }}
    union
    select year(data_competenza) as year from {{ ref('fct_expenditure') }}

),

-- The nearest year known; of two equally near, the earlier.
nearest as (

    select
        years.year,
        residents.municipality_code,
        residents.resident_minors,
        residents.year as resident_minors_year
    from years
    cross join residents
    qualify row_number() over (
        partition by years.year, residents.municipality_code
        order by abs(years.year - residents.year), residents.year
    ) = 1

),

with_total as (

    select
        year,
        {{ or_total('municipality_code') }},
        sum(resident_minors)::bigint as resident_minors,
        max(resident_minors_year) as resident_minors_year
    from nearest
    group by year, cube (municipality_code)

)

select * from with_total
