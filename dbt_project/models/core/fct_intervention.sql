with records as (

    {{ with_its_spell(ref('stg_interventi')) }}

)

select * from records
