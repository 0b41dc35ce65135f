with grid as (

    {{ municipality_grid(ref('int_out_of_home_placement'), 'started_on', ['year']) }}

),

counted as (

    select * from {{ ref('int_out_of_home_count') }}

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
