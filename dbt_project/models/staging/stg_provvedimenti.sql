with current_records as (

    {{ current_version('provvedimenti', key=['codice_ente', 'id_provvedimento']) }}

)

select * from current_records
