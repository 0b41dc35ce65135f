with placements as (

    select * from {{ ref('int_out_of_home_placement') }}

),

years as (

    select year(period_start)::integer as year, period_start, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}
    where period_type = 'year'

),

placement_years as (

    select
        years.year,
        placements.municipality_code,
        placements.minor_id,
        {{ days_of_presence('placements.counted_from', 'placements.finished_on', 'years.period_start', 'years.last_day') }}
            as days_in_care,
        not placements.is_entry
            and {{ in_period('placements.started_on', 'years.period_start', 'years.last_day') }} as is_move,
        {{ open_at_end_of_day('placements.started_on', 'placements.finished_on', 'years.last_day') }} as is_open_at_end,
        {{ months_later('placements.stay_started_on', var('stable_placement_months')) }} <= years.last_day
            as is_long_stay,
        {{ months_later('placements.started_on', var('stable_placement_months')) }} <= years.last_day
            as is_long_placement
    from placements
    inner join years
        on {{ overlaps_period(
            'placements.started_on', 'placements.finished_on', 'years.period_start', 'years.last_day'
        ) }}

),

minor_years as (

    select
        year,
        {{ or_total('municipality_code') }},
        minor_id,
        count(*) as placements,
        sum(days_in_care)::bigint as days_in_care,
        count(*) filter (where is_move) as moves,
        coalesce(bool_or(is_long_stay) filter (where is_open_at_end), false) as is_long_stay,
        coalesce(bool_and(is_long_placement) filter (where is_open_at_end), false) as is_stable
    from placement_years
    group by year, minor_id, cube (municipality_code)

)

select * from minor_years
