with current_records as (

    {{ current_version('progetti', key=['codice_ente', 'id_progetto']) }}

)

select * from current_records
