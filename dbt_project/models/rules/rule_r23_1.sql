-- Art. 23 c. 1: who carries out home education is qualified as an educator.
with visits as (

    select * from {{ ref('fct_intervention') }}
    where tipo = 'accesso_adm'

),

professionals as (

    select id_operatore, titolo_educativo from {{ ref('dim_professional') }}

),

judged as (

    select
        visits.*,
        professionals.titolo_educativo,
        case
            when visits.id_operatore is null then 'not_assessable: no_operator'
            when professionals.titolo_educativo is null then 'not_assessable: no_title'
            when professionals.titolo_educativo then 'compliant'
            else 'not_compliant: no_qualification'
        end as verdict
    from visits
    left join professionals using (id_operatore)

),

outcomes as (

    {{ rule_rows(
        'R23.1', 'judged', 'id_intervento', 'data_intervento', value=delivered_flag('titolo_educativo'),
        recorded='titolo_educativo is not null'
    ) }}

)

select * from outcomes
