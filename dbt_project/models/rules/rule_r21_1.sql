-- Art. 21 c. 1: home education starts with a signed project that gives duration, frequency and presumed cost.
with spells as (

    select * from {{ ref('fct_spell') }}
    where service_code = 'adm'

),

visits as (

    {{ first_acts('accesso_adm', "esito = 'svolto'") }}

),

projects as (

    select
        spell_id,
        data_firma,
        {{ empty_columns(['data_inizio', 'data_fine_prevista', 'frequenza_settimanale', 'costo_presunto']) }}
            as missing_columns
    from {{ ref('fct_project') }}

),

compared as (

    select
        spells.spell_id,
        visits.first_act,
        count(projects.spell_id) as projects,
        min(projects.data_firma) as first_signature,
        -- Of the projects signed in time, what the one with the fewest gaps lacks.
        arg_min(projects.missing_columns, (length(projects.missing_columns), projects.missing_columns))
            filter (where projects.data_firma <= visits.first_act) as missing_columns
    from spells
    left join visits using (spell_id)
    left join projects using (spell_id)
    group by spells.spell_id, visits.first_act

),

judged as (

    select
        spells.*,
        compared.* exclude (spell_id),
        case
            when compared.first_act is null then 'not_applicable: no_visit'
            when compared.projects = 0 then 'not_compliant: no_project'
            when compared.first_signature is null then 'not_compliant: unsigned'
            when compared.missing_columns is null then 'not_compliant: signed_late'
            when compared.missing_columns <> '' then 'not_compliant: incomplete'
            else 'compliant'
        end as verdict
    from spells
    inner join compared using (spell_id)

),

outcomes as (

    {{ rule_rows(
        'R21.1', 'judged', 'id_presa_in_carico', 'coalesce(first_act, data_apertura)',
        value="coalesce(nullif(missing_columns, ''), " ~ italian_date('first_signature') ~ ")",
        expected=italian_date('first_act'), recorded='first_signature is not null'
    ) }}

)

select * from outcomes
