with placements as (

    select * from {{ ref('int_placement') }}

),

months as (

    select period_start, period_end, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}
    where period_type = 'month'

),

placement_months as (

    select
        placements.care_type,
        placements.codice_ente,
        placements.record_id,
        placements.municipality_code,
        months.period_start as month_start,
        {{ days_of_presence('placements.started_on', 'placements.finished_on', 'months.period_start', 'months.last_day') }}
            as days_of_stay,
        months.period_end - months.period_start + 1 as days_of_month,
        placements.daily_amount,
        placements.monthly_amount
    from placements
    inner join months
        on {{ overlaps_period(
            'placements.started_on', 'placements.finished_on', 'months.period_start', 'months.last_day'
        ) }}

),

priced as (

    select
        * exclude (daily_amount, monthly_amount, days_of_month),
        coalesce(
            (days_of_stay * daily_amount)::decimal(18, 2),
            {{ share_of_amount('monthly_amount', 'days_of_stay', 'days_of_month') }}
        ) as cost
    from placement_months

)

select * from priced
