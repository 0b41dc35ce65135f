with current_records as (

    {{ current_version('reclami', key=['codice_ente', 'id_reclamo']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
