with current_records as (

    {{ current_version('relazioni_ag', key=['codice_ente', 'id_relazione']) }}

)

select * from current_records
