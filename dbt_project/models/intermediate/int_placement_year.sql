with placements as (

    select * from {{ ref('int_placement') }}

),

placement_months as (

    select * from {{ ref('int_placement_month') }}

),

-- The cost of a year is known when that of each of its months is.
summed as (

    select
        year(month_start)::integer as year,
        care_type,
        codice_ente,
        record_id,
        sum(days_of_stay)::bigint as days,
        case when count(cost) = count(*) then sum(cost)::decimal(18, 2) end as tariff_cost
    from placement_months
    group by 1, 2, 3, 4

),

dated as (

    select
        summed.*,
        placements.id_presa_in_carico,
        placements.minor_id,
        placements.municipality_code,
        placements.is_out_of_home,
        greatest(placements.started_on, make_date(summed.year, 1, 1)) as first_day,
        first_day + cast(summed.days as integer) - 1 as last_day
    from summed
    inner join placements using (care_type, codice_ente, record_id)

)

select * from dated
