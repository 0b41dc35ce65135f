with current_records as (

    {{ current_version('procedimenti_penali', key=['codice_ente', 'id_procedimento']) }}

)

select * from current_records
