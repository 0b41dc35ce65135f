with spell_months as (

    select * from {{ ref('int_spell_period') }}
    where period_type = 'month'
        and is_open_throughout

),

complete_months as (

    select period, period_start as month_start from {{ ref('dim_period') }}
    where period_type = 'month'
        and is_complete

),

acts as (

    select * from {{ ref('fct_intervention') }}
    where spell_id is not null
        and esito = 'svolto'

),

acts_in_person as (

    select * from {{ ref('intervention_types') }}
    where is_in_person

),

open_all_month as (

    select
        complete_months.month_start,
        {{ or_total('municipality_code') }},
        spell_months.minor_id
    from spell_months
    inner join complete_months using (period)
    group by complete_months.month_start, spell_months.minor_id, cube (municipality_code)

),

-- For the Ambito, whoever met the minor; for a municipality, its own services.
met as (

    select
        date_trunc('month', acts.data_intervento)::date as month_start,
        {{ or_total('municipality_code') }},
        acts.minor_id
    from acts
    inner join acts_in_person on acts.tipo = acts_in_person.intervention_type
    group by date_trunc('month', acts.data_intervento), acts.minor_id, cube (municipality_code)

),

contacts as (

    select open_all_month.*, met.minor_id is not null as is_met
    from open_all_month
    left join met using (month_start, municipality_code, minor_id)

)

select * from contacts
