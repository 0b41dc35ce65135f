with items as (

    {{ budget_items() }}

),

-- The days of the year that are over at the end of each semester, or at the reference date while it runs.
semesters as (

    select
        period_type,
        period,
        year(period_start)::integer as year,
        least(period_end, {{ as_of() }}) as until_date,
        until_date - make_date(year, 1, 1) + 1 as days_elapsed,
        make_date(year, 12, 31) - make_date(year, 1, 1) + 1 as days_of_year
    from {{ ref('dim_period') }}
    where period_type = 'semester' and period_start <= {{ as_of() }}

),

to_date as (

    select
        semesters.*,
        items.municipality_code,
        items.area,
        items.allotted,
        items.committed,
        items.spent
    from semesters
    inner join items
        on semesters.year = items.year and coalesce(items.day <= semesters.until_date, true)
    where items.area is not null  -- fees have none

),

summed as (

    select
        period_type,
        period,
        municipality_code,
        {{ or_total('area') }},
        year,
        until_date,
        sum(allotted)::decimal(18, 2) as allotted,
        sum(committed)::decimal(18, 2) as committed,
        sum(spent)::decimal(18, 2) as spent,
        {{ rate('days_elapsed', 'days_of_year') }} as share_elapsed
    from to_date
    group by period_type, period, municipality_code, year, until_date, days_elapsed, days_of_year, rollup (area)

)

select * from summed
