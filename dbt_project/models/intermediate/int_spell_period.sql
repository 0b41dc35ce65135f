with spells as (

    select * from {{ ref('fct_spell') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

spell_periods as (

    select
        periods.period_type,
        periods.period,
        spells.spell_id,
        spells.minor_id,
        spells.municipality_code,
        spells.service_code,
        least(periods.period_end, coalesce(spells.data_chiusura, periods.period_end)) as last_day,
        {{ stock_and_flow('spells.data_apertura', 'spells.data_chiusura', 'periods.period_start', 'periods.period_end') }},
        {{ open_throughout('spells.data_apertura', 'spells.data_chiusura', 'periods.period_start', 'periods.period_end') }}
            as is_open_throughout
    from spells
    inner join periods
        on {{ overlaps_period(
            'spells.data_apertura', 'spells.data_chiusura', 'periods.period_start', 'periods.period_end'
        ) }}

)

select * from spell_periods
