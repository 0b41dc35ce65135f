-- Co-design, «Professionalità richieste»: a psychotherapist is registered and has 2 years in child protection; by
-- way of derogation a psychologist, registered, with 5 years and the approval of the body.
with professionals as (

    select
        *,
        null::varchar as service_code,
        profilo = 'psicologo' as is_derogation,
        case when profilo = 'psicologo' then 5 else 2 end as years_asked
    from {{ ref('dim_professional') }}

),

judged as (

    select
        *,
        case
            when profilo not in ('psicologo', 'psicologo_psicoterapeuta') then 'not_applicable: other_profile'
            when not iscrizione_albo then 'not_compliant: not_registered'
            when anni_esperienza_tutela < years_asked then 'not_compliant: short_experience'
            when is_derogation and not benestare_deroga then 'not_compliant: no_approval'
            when anni_esperienza_tutela is null then 'not_assessable: no_years'
            when is_derogation and benestare_deroga is null then 'not_assessable: approval_not_stated'
            else 'compliant'
        end as verdict
    from professionals

),

outcomes as (

    {{ rule_rows(
        'C-PSI', 'judged', 'id_operatore', known_end('data_fine'),
        value=italian_number('anni_esperienza_tutela', 1), expected='years_asked',
        recorded='anni_esperienza_tutela is not null'
    ) }}

)

select * from outcomes
