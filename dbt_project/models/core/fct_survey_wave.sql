with waves as (

    select * from {{ ref('stg_rilevazioni') }}

),

selected as (

    select
        codice_ente,
        rilevazione,
        service_code,
        municipality_code,
        data_inizio,
        data_fine,
        questionari_distribuiti
    from waves

)

select * from selected
