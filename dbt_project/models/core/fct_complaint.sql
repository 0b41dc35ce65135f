with complaints as (

    select * from {{ ref('stg_reclami') }}

),

judged as (

    select
        codice_ente,
        id_reclamo,
        municipality_code,
        service_code,
        canale,
        presentato_da,
        categoria,
        gravita,
        data_ricezione,
        data_risposta,
        esito,
        data_risposta - data_ricezione as days_to_answer,
        data_risposta is not null as is_answered,
        {{ answered_within_term('data_ricezione', 'data_risposta') }} as is_answered_within_term,
        {{ answer_term_is_assessable('data_ricezione', 'data_risposta') }} as is_term_assessable,
        esito in ('accolto', 'parzialmente_accolto') as is_upheld
    from complaints

)

select * from judged
