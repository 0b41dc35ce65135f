with current_records as (

    {{ current_version('interventi', key=['codice_ente', 'id_intervento']) }}

)

select * from current_records
