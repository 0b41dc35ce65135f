with current_records as (

    {{ current_version('affidi', key=['codice_ente', 'id_affido']) }}

)

select * from current_records
