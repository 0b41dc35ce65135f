-- Art. 10: supervised meetings need a measure of the judicial authority.
with spells as (

    select * from {{ ref('fct_spell') }}
    where service_code = 'spazio_neutro'

),

meetings as (

    {{ first_acts('incontro_protetto') }}

),

measures as (

    select minor_id, min(data_provvedimento) as first_measure
    from {{ ref('fct_measure') }}
    group by minor_id

),

judged as (

    select
        spells.*,
        meetings.first_act,
        measures.first_measure,
        case
            when meetings.first_act is null then 'not_applicable: no_meeting'
            when measures.first_measure is null then 'not_compliant: no_measure'
            when measures.first_measure <= meetings.first_act then 'compliant'
            else 'not_compliant: measure_late'
        end as verdict
    from spells
    left join meetings using (spell_id)
    left join measures using (minor_id)

),

outcomes as (

    {{ rule_rows(
        'R10.1', 'judged', 'id_presa_in_carico', 'coalesce(first_act, data_apertura)',
        value=italian_date('first_measure'), expected=italian_date('first_act'),
        recorded='first_measure is not null'
    ) }}

)

select * from outcomes
