-- Art. 16 c. 1: what home education costs for a minor who lives elsewhere is recovered from that municipality.
with spells as (

    select * from {{ ref('fct_spell') }}
    where service_code = 'adm'

),

minors as (

    select minor_id, comune_residenza, is_unaccompanied from {{ ref('dim_minor') }}

),

-- What was spent for the spell; money that came back from a municipality is the recovery.
expenses as (

    select
        codice_ente,
        id_presa_in_carico,
        sum(spent) filter (where not (spent < 0 and fonte = 'comuni')) as spent,
        bool_or(spent < 0 and fonte = 'comuni') as is_recovered
    from {{ ref('fct_expenditure') }}
    where id_presa_in_carico is not null
    group by codice_ente, id_presa_in_carico

),

projects as (

    select spell_id, sum(costo_presunto) as presumed_cost
    from {{ ref('fct_project') }}
    group by spell_id

),

judged as (

    select
        spells.*,
        minors.comune_residenza,
        coalesce(minors.is_unaccompanied, false) as is_unaccompanied,
        coalesce(expenses.spent, projects.presumed_cost) as spell_cost,
        case
            when minors.comune_residenza = spells.municipality_code then 'not_applicable: resident'
            when minors.comune_residenza is null and minors.is_unaccompanied then 'not_applicable: unaccompanied'
            when minors.comune_residenza is null then 'not_assessable: no_residence'
            when expenses.is_recovered then 'compliant'
            else 'not_compliant: to_recover'
        end as verdict
    from spells
    left join minors using (minor_id)
    left join expenses using (codice_ente, id_presa_in_carico)
    left join projects using (spell_id)

),

outcomes as (

    {{ rule_rows(
        'R16.1', 'judged', 'id_presa_in_carico', 'data_apertura', value='comune_residenza',
        recorded='comune_residenza is not null', asked='not is_unaccompanied',
        cost="case when verdict = 'not_compliant: to_recover' then spell_cost end"
    ) }}

)

select * from outcomes
