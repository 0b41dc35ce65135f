with records as (

    {{ with_its_spell(ref('stg_progetti')) }}

)

select * from records
