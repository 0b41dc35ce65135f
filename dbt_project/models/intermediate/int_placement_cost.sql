with placement_months as (

    select * from {{ ref('int_placement_month') }}

),

period_months as (

    select * from {{ ref('int_period_month') }}
    where period_type in ('semester', 'year')

),

summed as (

    select
        placement_months.care_type,
        period_months.period_type,
        period_months.period,
        {{ or_total('municipality_code') }},
        sum(placement_months.days_of_stay)::bigint as days_of_stay,
        {{ sum_where('placement_months.days_of_stay', 'placement_months.cost is null') }} as days_without_amount,
        sum(placement_months.cost)::decimal(18, 2) as cost
    from placement_months
    inner join period_months using (month_start)
    group by
        placement_months.care_type, period_months.period_type, period_months.period, cube (municipality_code)

)

select * from summed
