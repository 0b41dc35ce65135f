with resources as (

    select * from {{ ref('fct_resource') }}

),

expenditure as (

    select * from {{ ref('fct_expenditure') }}

),

money as (

    select
        anno as year, area, municipality_code, is_shared,
        allotted, 0 as committed, 0 as spent, 0 as fees_committed, 0 as fees_spent
    from resources
    union all
    select
        year(data_competenza), area, municipality_code, is_shared,
        0, committed, spent, 0, 0
    from expenditure
    where not is_fee
    union all
    -- Fees are outside the areas of the co-design: they are in the totals only.
    select
        year(data_competenza), null, municipality_code, false,
        0, 0, 0, committed, spent
    from expenditure
    where is_fee

),

-- What belongs to all stands under the Ambito alone, whichever body delivered it.
placed as (

    select * exclude (is_shared) from money
    where not is_shared
    union all
    select * exclude (is_shared) replace ({{ total_code('municipality_code') }} as municipality_code)
    from money

),

summed as (

    select
        year::integer as year,
        municipality_code,
        {{ or_total('area') }},
        sum(allotted)::decimal(18, 2) as allotted,
        sum(committed)::decimal(18, 2) as committed,
        sum(spent)::decimal(18, 2) as spent,
        sum(fees_committed)::decimal(18, 2) as fees_committed,
        sum(fees_spent)::decimal(18, 2) as fees_spent
    from placed
    group by year, municipality_code, rollup (area)
    having area is not null or grouping(area) = 1

)

select * from summed
