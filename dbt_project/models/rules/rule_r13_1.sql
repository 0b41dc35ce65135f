-- Arts. 10 and 13 c. 1: the project is signed before the first supervised meeting.
with spells as (

    select * from {{ ref('fct_spell') }}
    where service_code = 'spazio_neutro'

),

meetings as (

    {{ first_acts('incontro_protetto', "esito = 'svolto'") }}

),

projects as (

    select spell_id, min(data_firma) as first_signature
    from {{ ref('fct_project') }}
    group by spell_id

),

judged as (

    select
        spells.*,
        meetings.first_act,
        projects.first_signature,
        case
            when meetings.first_act is null then 'not_applicable: no_held_meeting'
            when projects.spell_id is null then 'not_compliant: no_project'
            when projects.first_signature is null then 'not_compliant: unsigned'
            when projects.first_signature <= meetings.first_act then 'compliant'
            else 'not_compliant: signed_late'
        end as verdict
    from spells
    left join meetings using (spell_id)
    left join projects using (spell_id)

),

outcomes as (

    {{ rule_rows(
        'R13.1', 'judged', 'id_presa_in_carico', 'coalesce(first_act, data_apertura)',
        value=italian_date('first_signature'), expected=italian_date('first_act'),
        recorded='first_signature is not null'
    ) }}

)

select * from outcomes
