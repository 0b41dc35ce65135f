with records as (

    {{ with_its_minor(ref('stg_relazioni_ag')) }}

)

select * from records
