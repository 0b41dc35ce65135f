{{ config(severity='warn') }}
-- What is this: contributions whose spell was withdrawn while they were not.
-- When does it matter: they are counted nowhere, because a contribution has the municipality of its spell.
-- How to resolve: the body either withdraws the contributions too or delivers the spell again.
with contributions as (

    select * from {{ ref('fct_contribution') }}

),

without_spell as (

    select codice_ente, count(*) as contributions_without_spell
    from contributions
    where spell_id is null
    group by codice_ente

)

select * from without_spell
