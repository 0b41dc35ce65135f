{{ config(materialized='table') }}
-- Numbers in order of arrival: what arrives later never moves a number already given.
with arrivals as (

    select
        codice_ente,
        id_presa_in_carico,
        min(loaded_at) as first_loaded_at,
        min(load_seq) as first_load_seq
    from {{ source('landing', 'prese_in_carico') }}
    group by codice_ente, id_presa_in_carico

),

numbered as (

    select
        codice_ente,
        id_presa_in_carico,
        row_number() over (order by first_loaded_at, first_load_seq, codice_ente, id_presa_in_carico)::integer as spell_id
    from arrivals

)

select * from numbered
