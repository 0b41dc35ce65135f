with current_records as (

    {{ current_version('rilevazioni', key=['codice_ente', 'rilevazione', 'codice_servizio']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
