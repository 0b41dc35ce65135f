with interventions as (

    select * from {{ ref('stg_interventi') }}

),

spells as (

    select * from {{ ref('fct_spell') }}

),

-- An act has the minor, the municipality and the service of its spell; those of a withdrawn spell have none.
joined as (

    select
        interventions.codice_ente,
        interventions.id_intervento,
        spells.spell_id,
        spells.minor_id,
        spells.municipality_code,
        spells.service_code,
        interventions.tipo,
        interventions.settore,
        interventions.data_intervento,
        interventions.durata_minuti,
        interventions.esito,
        interventions.id_operatore
    from interventions
    left join spells using (codice_ente, id_presa_in_carico)

)

select * from joined
