with caseload as (

    select * from {{ ref('int_caseload_grid') }}

),

final as (

    select
        period_type,
        period,
        municipality_code,
        service_code,
        municipality_name,
        service_name,
        period_start,
        period_end,
        is_complete,
        is_covered,
        open_at_start,
        opened,
        closed,
        open_at_end,
        minors_at_end,
        minors_in_period,
        resident_minors,
        resident_minors_year,
        {{ rate('minors_at_end', 'resident_minors', per=1000) }} as minors_per_1000,
        case_holder_hours,
        fte_case_holders,
        {{ rate('open_at_end', 'fte_case_holders') }} as cases_per_fte
    from caseload

)

select * from final
