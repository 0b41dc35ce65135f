with records as (

    {{ as_delivered(ref('stg_tariffe')) }}

)

select * from records
