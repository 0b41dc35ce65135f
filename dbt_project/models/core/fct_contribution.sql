with records as (

    {{ with_its_spell(ref('stg_compartecipazioni')) }}

)

select * from records
