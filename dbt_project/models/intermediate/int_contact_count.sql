with contacts as (

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

)

select * from counted
