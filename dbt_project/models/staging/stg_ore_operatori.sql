with current_records as (

    {{ current_version('ore_operatori', key=['id_operatore', 'mese', 'codice_ente', 'codice_servizio']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
