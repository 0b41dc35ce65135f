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

persons as (

    select
        delivered_ids.codice_ente,
        delivered_ids.id_minore,
        coalesce(minors.codice_fiscale, delivered_ids.codice_ente || '/' || delivered_ids.id_minore) as person_key
    from delivered_ids
    left join minors using (codice_ente, id_minore)

),

numbered as (

    select
        codice_ente,
        id_minore,
        dense_rank() over (order by person_key)::integer as minor_id
    from persons

)

select * from numbered
