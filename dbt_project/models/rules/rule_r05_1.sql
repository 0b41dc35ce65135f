-- Art. 5 c. 1: as a rule, services are for those who live in a municipality of the Ambito.
with spells as (

    select * from {{ ref('fct_spell') }}

),

minors as (

    select minor_id, comune_residenza, is_unaccompanied from {{ ref('dim_minor') }}

),

municipalities as (

    select municipality_code as residence_code
    from {{ ref('dim_municipality') }}
    where not is_total

),

judged as (

    select
        spells.*,
        minors.comune_residenza,
        coalesce(minors.is_unaccompanied, false) as is_unaccompanied,
        case
            when minors.is_unaccompanied then 'not_applicable: unaccompanied'
            when minors.comune_residenza is null then 'not_applicable: no_residence'
            when municipalities.residence_code is not null then 'compliant'
            else 'not_compliant: resident_elsewhere'
        end as verdict
    from spells
    left join minors using (minor_id)
    left join municipalities on municipalities.residence_code = minors.comune_residenza

),

outcomes as (

    {{ rule_rows(
        'R05.1', 'judged', 'id_presa_in_carico', 'data_apertura', value='comune_residenza',
        recorded='comune_residenza is not null', asked='not is_unaccompanied'
    ) }}

)

select * from outcomes
