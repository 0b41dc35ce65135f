with spells as (

    select * from {{ ref('stg_prese_in_carico') }}

),

numbers as (

    select * from {{ ref('stg_spell_number') }}

),

identities as (

    select * from {{ ref('int_minor_identity') }}

),

numbered as (

    select
        numbers.spell_id,
        spells.codice_ente,
        spells.id_presa_in_carico,
        identities.minor_id,
        spells.municipality_code,
        spells.service_code,
        spells.data_segnalazione,
        spells.fonte_segnalazione,
        spells.data_apertura,
        spells.data_chiusura,
        spells.motivo_chiusura,
        spells.situazione_chiusura,
        spells.valutazione_minore,
        spells.valutazione_famiglia,
        spells.programma_pippi,
        spells.id_operatore
    from spells
    inner join numbers using (codice_ente, id_presa_in_carico)
    inner join identities using (codice_ente, id_minore)

)

select * from numbered
