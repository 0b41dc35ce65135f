with grid as (

    select * from {{ ref('int_period_grid') }}
    where has_cases
        and {{ since_first('period_start', ref('fct_spell'), 'data_apertura') }}

),

caseload as (

    select * from {{ ref('int_caseload') }}

),

residents as (

    select * from {{ ref('int_resident_minors') }}

),

case_holder_hours as (

    select * from {{ ref('int_case_holder_hours') }}

),

combined as (

    select
        grid.*,
        coalesce(caseload.open_at_start, 0) as open_at_start,
        coalesce(caseload.opened, 0) as opened,
        coalesce(caseload.closed, 0) as closed,
        coalesce(caseload.open_at_end, 0) as open_at_end,
        coalesce(caseload.minors_at_end, 0) as minors_at_end,
        coalesce(caseload.minors_in_period, 0) as minors_in_period,
        residents.resident_minors,
        residents.resident_minors_year,
        coalesce(case_holder_hours.hours, 0) as case_holder_hours,
        {{ full_time_equivalents(
            'coalesce(case_holder_hours.hours, 0)', weeks_of_period('grid.period_start', 'grid.period_end')
        ) }} as fte_case_holders
    from grid
    left join caseload using (period_type, period, municipality_code, service_code)
    left join case_holder_hours using (period_type, period, municipality_code, service_code)
    left join residents using (year, municipality_code)

)

select * from combined
