with current_records as (

    {{ current_version('prese_in_carico', key=['codice_ente', 'id_presa_in_carico']) }}

),

renamed as (

    select * rename (codice_servizio as service_code)
    from current_records

)

select * from renamed
