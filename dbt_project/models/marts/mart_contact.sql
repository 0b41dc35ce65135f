with grid as (

    {{ municipality_grid(ref('fct_intervention'), 'data_intervento') }}

),

counted as (

    select * from {{ ref('int_contact_count') }}

),

final as (

    select
        grid.* exclude (year),
        coalesce(counted.minors, 0) as minors,
        coalesce(counted.minors_met, 0) as minors_met,
        coalesce(counted.minor_months, 0) as minor_months,
        coalesce(counted.minor_months_met, 0) as minor_months_met,
        {{ rate('counted.minor_months_met', 'counted.minor_months') }} as contact_rate
    from grid
    left join counted using (period_type, period, municipality_code)

)

select * from final
