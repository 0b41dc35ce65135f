with progress as (

    select * from {{ ref('int_budget_progress') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

areas as (

    select * from {{ ref('code_lists') }}
    where code_list in ('area', 'total_area')

),

final as (

    select
        progress.period_type,
        progress.period,
        progress.municipality_code,
        progress.area,
        municipalities.municipality_name,
        areas.label as area_name,
        progress.year,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        progress.until_date,
        progress.allotted,
        progress.committed,
        progress.spent,
        {{ rate('progress.spent', 'progress.allotted') }} as execution_rate,
        progress.share_elapsed,
        {{ rate('progress.spent', 'progress.allotted') }} - progress.share_elapsed as execution_gap
    from progress
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join areas on progress.area = areas.code

)

select * from final
