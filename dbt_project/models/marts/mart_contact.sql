with grid as (

    {{ municipality_grid(ref('fct_intervention'), 'data_intervento') }}

),

contacts as (

    select * from {{ ref('int_minor_contact') }}

),

period_months as (

    select * from {{ ref('int_period_month') }}

),

counted as (

    select
        period_months.period_type,
        period_months.period,
        contacts.municipality_code,
        count(*) as minor_months,
        count(*) filter (where contacts.is_met) as minor_months_met,
        {{ count_distinct_where('contacts.minor_id') }} as minors,
        {{ count_distinct_where('contacts.minor_id', 'contacts.is_met') }} as minors_met
    from contacts
    inner join period_months using (month_start)
    group by period_months.period_type, period_months.period, contacts.municipality_code

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
