with current_records as (

    {{ current_version('formazione', key=['codice_ente', 'id_sessione']) }}

)

select * from current_records
