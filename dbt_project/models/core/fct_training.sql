with records as (

    {{ as_delivered(ref('stg_formazione')) }}

)

select * from records
