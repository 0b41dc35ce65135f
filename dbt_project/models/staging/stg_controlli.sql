with current_records as (

    {{ current_version('controlli', key=['codice_ente', 'id_controllo']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
