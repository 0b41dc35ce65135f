with spell_periods as (

    select * from {{ ref('int_spell_period') }}

),

spells as (

    select spell_id, coalesce(programma_pippi, false) as is_pippi
    from {{ ref('fct_spell') }}

),

minors as (

    select minor_id, coalesce(is_unaccompanied, false) as is_unaccompanied
    from {{ ref('dim_minor') }}

),

marked as (

    select spell_periods.*, spells.is_pippi, minors.is_unaccompanied
    from spell_periods
    inner join spells using (spell_id)
    inner join minors using (minor_id)
    where spells.is_pippi or minors.is_unaccompanied

),

counted as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ count_distinct_where('minor_id', 'is_unaccompanied and is_open_at_end') }} as unaccompanied_at_end,
        {{ count_distinct_where('minor_id', 'is_unaccompanied') }} as unaccompanied_in_period,
        count(*) filter (where is_pippi) as pippi_spells
    from marked
    group by period_type, period, cube (municipality_code, service_code)

)

select * from counted
