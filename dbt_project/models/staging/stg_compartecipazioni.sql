with current_records as (

    {{ current_version('compartecipazioni', key=['codice_ente', 'id_compartecipazione']) }}

)

select * from current_records
