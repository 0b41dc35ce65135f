with grid as (

    select * from {{ ref('int_period_grid') }}
    where period_type in ('semester', 'year')
        and {{ since_first('period_start', ref('fct_control'), 'data_controllo') }}

),

controls as (

    select * from {{ ref('fct_control') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type in ('semester', 'year')

),

counted as (

    select
        periods.period_type,
        periods.period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        count(*) as controls,
        sum(controls.prestazioni_verificate)::bigint as services_checked,
        sum(controls.prestazioni_conformi)::bigint as services_conforming,
        count(*) filter (where controls.has_findings) as with_findings,
        count(*) filter (where controls.has_closed_findings) as closed_findings,
        {{ median_where('controls.days_to_close', 'controls.has_closed_findings') }} as median_days_to_close
    from controls
    inner join periods on controls.data_controllo between periods.period_start and periods.period_end
    group by periods.period_type, periods.period, cube (municipality_code, service_code)

),

combined as (

    select
        grid.*,
        coalesce(counted.controls, 0) as controls,
        coalesce(counted.services_checked, 0) as services_checked,
        coalesce(counted.services_conforming, 0) as services_conforming,
        coalesce(counted.with_findings, 0) as with_findings,
        coalesce(counted.closed_findings, 0) as closed_findings,
        counted.median_days_to_close
    from grid
    left join counted using (period_type, period, municipality_code, service_code)

)

select * from combined
