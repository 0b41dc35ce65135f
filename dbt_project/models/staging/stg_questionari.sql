with current_records as (

    {{ current_version('questionari', key=['codice_ente', 'id_risposta', 'codice_domanda']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
