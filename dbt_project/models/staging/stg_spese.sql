with current_records as (

    {{ current_version('spese', key=['codice_ente', 'id_spesa']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
