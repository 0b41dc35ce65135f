{{ config(severity='warn') }}
-- What is this: acts whose spell was withdrawn while the acts were not.
-- When does it matter: they are counted nowhere, because an act has the service and municipality of its spell.
-- How to resolve: the body either withdraws the acts too or delivers the spell again.
with interventions as (

    select * from {{ ref('fct_intervention') }}

),

without_spell as (

    select codice_ente, count(*) as acts_without_spell
    from interventions
    where spell_id is null
    group by codice_ente

)

select * from without_spell
