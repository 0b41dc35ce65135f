with current_records as (

    {{ current_version('tariffe', key=['codice_ente', 'anno', 'prestazione']) }}

)

select * from current_records
