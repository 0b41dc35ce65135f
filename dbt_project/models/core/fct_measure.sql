with records as (

    {{ with_its_minor(ref('stg_provvedimenti')) }}

)

select * from records
