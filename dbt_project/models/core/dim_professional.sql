with records as (

    {{ as_delivered(ref('stg_operatori')) }}

)

select * from records
