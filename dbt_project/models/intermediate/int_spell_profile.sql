with spell_periods as (

    select * from {{ ref('int_spell_period') }}
    where period_type in ('semester', 'year')

),

spells as (

    select * from {{ ref('fct_spell') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

),

-- A minor has one age per period: that of the last day of care in it, whatever the service or the municipality.
aged as (

    select
        *,
        max(last_day) over (partition by period_type, period, minor_id) as minor_last_day
    from spell_periods

),

profiled as (

    select
        aged.period_type,
        aged.period,
        aged.spell_id,
        aged.minor_id,
        aged.municipality_code,
        aged.service_code,
        aged.is_open_at_end,
        aged.is_opened,
        aged.is_closed,
        {{ age_band(age_in_years('minors.data_nascita', 'aged.minor_last_day')) }} as age_band,
        minors.sesso as sex,
        minors.cittadinanza as citizenship,
        case minors.is_unaccompanied when true then 'S' when false then 'N' end as unaccompanied,
        spells.fonte_segnalazione as referral_source,
        spells.valutazione_minore as assessment,
        case when aged.is_closed then spells.motivo_chiusura end as closing_reason
    from aged
    inner join spells using (spell_id)
    inner join minors on aged.minor_id = minors.minor_id

)

select * from profiled
