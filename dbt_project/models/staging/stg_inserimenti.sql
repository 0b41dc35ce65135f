with current_records as (

    {{ current_version('inserimenti', key=['codice_ente', 'id_inserimento']) }}

)

select * from current_records
