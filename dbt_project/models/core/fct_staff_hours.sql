with staff_hours as (

    select * from {{ ref('stg_ore_operatori') }}

),

professionals as (

    select * from {{ ref('stg_operatori') }}

),

joined as (

    select
        staff_hours.id_operatore,
        staff_hours.mese,
        staff_hours.codice_ente,
        staff_hours.service_code,
        staff_hours.municipality_code,
        professionals.profilo,
        professionals.datore,
        staff_hours.ore
    from staff_hours
    left join professionals using (id_operatore)

)

select * from joined
