with current_records as (

    {{ current_version('operatori', key=['id_operatore']) }}

)

select * from current_records
