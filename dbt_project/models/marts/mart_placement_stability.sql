with grid as (

    {{ municipality_grid(ref('int_out_of_home_placement'), 'started_on', ['year']) }}

),

minor_years as (

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

),

final as (

    select
        grid.year,
        grid.municipality_code,
        grid.municipality_name,
        grid.is_complete,
        grid.is_covered,
        {%- for column in [
            'minors', 'placements', 'days_in_care', 'moves', 'minors_three_or_more', 'long_stay_minors', 'stable_minors'
        ] %}
        coalesce(counted.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        {{ rate('counted.moves', 'counted.days_in_care', per=1000) }} as moves_per_1000_days,
        {{ rate('counted.minors_three_or_more', 'counted.minors') }} as three_or_more_rate,
        {{ wilson_low('counted.minors_three_or_more', 'counted.minors') }} as three_or_more_low,
        {{ wilson_high('counted.minors_three_or_more', 'counted.minors') }} as three_or_more_high,
        {{ rate('counted.stable_minors', 'counted.long_stay_minors') }} as stability_rate,
        {{ wilson_low('counted.stable_minors', 'counted.long_stay_minors') }} as stability_low,
        {{ wilson_high('counted.stable_minors', 'counted.long_stay_minors') }} as stability_high
    from grid
    left join counted using (year, municipality_code)

)

select * from final
