with minors as (

    select * from {{ ref('stg_minori') }}

),

spells as (

    select * from {{ ref('stg_prese_in_carico') }}

),

numbers as (

    select * from {{ ref('stg_spell_number') }}

),

-- A spell whose minor was withdrawn keeps its minor, known by the body's id alone.
delivered_ids as (

    select codice_ente, id_minore from minors
    union
    select codice_ente, id_minore from spells

),

first_spells as (

    select
        spells.codice_ente,
        spells.id_minore,
        min(spells.codice_ente || '/' || spells.id_presa_in_carico) as first_spell,
        min(numbers.spell_id) as lowest_number
    from spells
    inner join numbers using (codice_ente, id_presa_in_carico)
    group by spells.codice_ente, spells.id_minore

),

persons as (

    select
        delivered_ids.codice_ente,
        delivered_ids.id_minore,
        coalesce(minors.codice_fiscale, delivered_ids.codice_ente || '/' || delivered_ids.id_minore) as person_key,
        first_spells.first_spell,
        first_spells.lowest_number
    from delivered_ids
    left join minors using (codice_ente, id_minore)
    left join first_spells using (codice_ente, id_minore)

),

-- By the spell of the person that arrived first: numbers depend neither on the key of the pseudonyms nor on what
-- arrives later for others. Persons without a spell are counted downwards from 0.
ordered as (

    select
        *,
        min(first_spell) over (partition by person_key) as person_spell,
        min(lowest_number) over (partition by person_key) as person_number
    from persons

),

numbered as (

    select
        codice_ente,
        id_minore,
        coalesce(
            person_number,
            -dense_rank() over (partition by person_number is null order by person_key)
        )::integer as minor_id,
        person_spell as first_spell
    from ordered

)

select * from numbered
