with records as (

    {{ with_its_spell(ref('stg_procedimenti_penali')) }}

)

select * from records
