-- Co-design, «Professionalità richieste»: a social worker is on the professional register.
with records as (

    select *, null::varchar as service_code from {{ ref('dim_professional') }}

),

judged as (

    select
        *,
        case
            when profilo <> 'assistente_sociale' then 'not_applicable: other_profile'
            when iscrizione_albo then 'compliant'
            else 'not_compliant: not_registered'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'C-ASS', 'judged', 'id_operatore', known_end('data_fine'), value=delivered_flag('iscrizione_albo')
    ) }}

)

select * from outcomes
