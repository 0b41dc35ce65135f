with minors as (

    select * from {{ ref('stg_minori') }}

),

spells as (

    select * from {{ ref('stg_prese_in_carico') }}

),

-- A spell whose minor was withdrawn keeps its minor, known by the body's id alone.
delivered_ids as (

    select codice_ente, id_minore from minors
    union
    select codice_ente, id_minore from spells

),

first_spells as (

    select codice_ente, id_minore, min(codice_ente || '/' || id_presa_in_carico) as first_spell
    from spells
    group by codice_ente, id_minore

),

persons as (

    select
        delivered_ids.codice_ente,
        delivered_ids.id_minore,
        coalesce(minors.codice_fiscale, delivered_ids.codice_ente || '/' || delivered_ids.id_minore) as person_key,
        first_spells.first_spell
    from delivered_ids
    left join minors using (codice_ente, id_minore)
    left join first_spells using (codice_ente, id_minore)

),

-- By the first of the person's spells, so that numbers do not depend on the key of the pseudonyms.
ordered as (

    select *, min(first_spell) over (partition by person_key) as person_spell
    from persons

),

numbered as (

    select
        codice_ente,
        id_minore,
        dense_rank() over (order by person_spell nulls last, person_key)::integer as minor_id,
        person_spell as first_spell
    from ordered

)

select * from numbered
