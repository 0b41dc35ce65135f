with current_records as (

    {{ current_version('riunioni', key=['codice_ente', 'id_riunione']) }}

)

select * from current_records
