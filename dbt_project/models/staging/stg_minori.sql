with current_records as (

    {{ current_version('minori', key=['codice_ente', 'id_minore']) }}

)

select * from current_records
