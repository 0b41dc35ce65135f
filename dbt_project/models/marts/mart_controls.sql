with controls as (

    select * from {{ ref('int_control_count') }}

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
        controls,
        services_checked,
        services_conforming,
        {{ rate('services_conforming', 'services_checked') }} as conformity_rate,
        with_findings,
        closed_findings,
        median_days_to_close
    from controls

)

select * from final
