with minor_years as (

    select * from {{ ref('int_out_of_home_year') }}

),

counted as (

    select
        year,
        municipality_code,
        count(*) as minors,
        sum(placements)::bigint as placements,
        sum(days_in_care)::bigint as days_in_care,
        sum(moves)::bigint as moves,
        count(*) filter (where placements >= 3) as minors_three_or_more,
        count(*) filter (where is_long_stay) as long_stay_minors,
        count(*) filter (where is_long_stay and is_stable) as stable_minors
    from minor_years
    group by year, municipality_code

)

select * from counted
