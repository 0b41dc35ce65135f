with records as (

    {{ as_delivered(ref('stg_riunioni')) }}

)

select * from records
