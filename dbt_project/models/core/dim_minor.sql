with minors as (

    select * from {{ ref('stg_minori') }}

),

identities as (

    select * from {{ ref('int_minor_identity') }}

),

-- Two bodies may describe one person: the version extracted last speaks.
persons as (

    select
        identities.minor_id,
        identities.first_spell,
        minors.data_nascita,
        minors.sesso,
        minors.cittadinanza,
        minors.comune_residenza,
        minors.minore_straniero_non_accompagnato as is_unaccompanied,
        minors.condizione_minore,
        minors.luogo_vita,
        minors.scuola_frequentata,
        minors.condizione_lavoro,
        minors.disabilita as is_disabled,
        minors.composizione_famiglia
    from identities
    left join minors using (codice_ente, id_minore)
    qualify row_number() over (
        partition by identities.minor_id
        order by minors.data_estrazione desc nulls last, minors.load_seq desc, minors.source_row desc
    ) = 1

)

select * from persons
