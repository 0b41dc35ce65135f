with records as (

    {{ with_its_spell(ref('stg_inserimenti')) }}

)

select * from records
