with records as (

    {{ with_its_spell(ref('stg_affidi')) }}

)

select * from records
