-- Before the year of the first act nobody can say who was met.
with grid as (

    {{ municipality_grid(ref('fct_intervention'), 'data_intervento') }}

),

contacts as (

    select counts.*, {{ total_code('service_code') }} as service_code
    from {{ ref('int_contact_count') }} as counts
    inner join grid using (period_type, period, municipality_code)

),

meetings as (

    select *, {{ total_code('service_code') }} as service_code
    from {{ ref('int_supervised_meeting_count') }}

),

indicators as (

    {{ indicator('minori_incontrati', 'minor_months_met', 'minor_months') }}
    from contacts
    union all
    {{ indicator('incontri_mancati', 'missed', 'planned') }}
    from meetings
    union all
    {{ indicator('incontri_annullati_dal_servizio', 'cancelled_by_service', 'cancelled') }}
    from meetings
    union all
    {{ indicator('incontri_oltre_150_minuti', 'over_150_minutes', 'held') }}
    from meetings

)

select * from indicators
