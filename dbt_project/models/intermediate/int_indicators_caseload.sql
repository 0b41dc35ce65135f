with caseload as (

    select
        grid.*,
        coalesce(kinds.unaccompanied_at_end, 0) as unaccompanied_at_end,
        coalesce(kinds.unaccompanied_in_period, 0) as unaccompanied_in_period,
        coalesce(kinds.pippi_spells, 0) as pippi_spells
    from {{ ref('int_caseload_grid') }} as grid
    left join {{ ref('int_caseload_kind') }} as kinds using (period_type, period, municipality_code, service_code)

),

indicators as (

    {{ indicator('minori_in_carico_1000', 'minors_at_end', 'resident_minors') }}
    from caseload
    union all
    {{ indicator('minori_in_carico_1000_senza_msna', 'minors_at_end - unaccompanied_at_end', 'resident_minors') }}
    from caseload
    union all
    {{ indicator('minori_seguiti_1000', 'minors_in_period', 'resident_minors') }}
    from caseload
    union all
    {{ indicator('minori_seguiti_1000_senza_msna', 'minors_in_period - unaccompanied_in_period', 'resident_minors') }}
    from caseload
    union all
    {{ indicator('casi_per_operatore', 'open_at_end', 'fte_case_holders') }}
    from caseload
    union all
    {{ indicator('quota_pippi', 'pippi_spells', 'open_at_start + opened') }}
    from caseload

)

select * from indicators
