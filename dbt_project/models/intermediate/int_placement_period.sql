with placements as (

    select * from {{ ref('int_placement') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

),

periods as (

    select *, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}
    where period_type in ('semester', 'year')

),

placement_periods as (

    select
        periods.period_type,
        periods.period,
        periods.last_day,
        placements.*,
        {{ stock_and_flow(
            'placements.started_on', 'placements.finished_on', 'periods.period_start', 'periods.period_end'
        ) }}
    from placements
    inner join periods
        on {{ overlaps_period(
            'placements.started_on', 'placements.finished_on', 'periods.period_start', 'periods.period_end'
        ) }}

),

described as (

    select
        placement_periods.*,
        is_open_at_end and {{ months_later('started_on', var('long_placement_months')) }} < last_day as is_long_at_end,
        coalesce(minors.is_unaccompanied, false) as is_unaccompanied,
        coalesce({{ age_in_years('minors.data_nascita', 'last_day') }} >= 18, false) as is_of_age
    from placement_periods
    inner join minors using (minor_id)

)

select * from described
