with controls as (

    select * from {{ ref('stg_controlli') }}

),

judged as (

    select
        codice_ente,
        id_controllo,
        municipality_code,
        service_code,
        data_controllo,
        tipo,
        svolto_da,
        prestazioni_verificate,
        prestazioni_conformi,
        gravita,
        data_chiusura,
        data_chiusura - data_controllo as days_to_close,
        prestazioni_conformi < prestazioni_verificate as has_findings,
        has_findings and data_chiusura is not null as has_closed_findings
    from controls

)

select * from judged
