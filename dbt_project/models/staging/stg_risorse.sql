with current_records as (

    {{ current_version('risorse', key=['anno', 'codice_ente', 'area']) }}

)

select * from current_records
