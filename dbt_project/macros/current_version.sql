{#-
    The current version of each record of an extract at the reference date, with every column of its contract.

    For one key the latest (data_estrazione, load_seq, source_row) wins among the rows extracted by then.
    A record is withdrawn when that version says `annullato`, or when a full replacement of the same body came
    after it without the key. Every staging model is this macro and its own key.
-#}
{% macro current_version(extract, key) -%}
with delivered as (

    select * from {{ source('landing', extract) }}
    where data_estrazione <= {{ as_of() }}

),

-- One row per delivery that replaces all earlier records of a body, with the date it speaks for.
replacements as (

    select codice_ente, delivery_id, max(data_estrazione) as replaced_at, max(load_seq) as load_seq
    from {{ source('landing', extract) }}
    where delivery_id in (
        select delivery_id from {{ source('meta', 'deliveries') }} where is_full_replacement
    )
    group by codice_ente, delivery_id
    having max(data_estrazione) <= {{ as_of() }}

),

latest as (

    select * from delivered
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by data_estrazione desc, load_seq desc, source_row desc
    ) = 1

),

current_records as (

    select
        *,
        coalesce(comune_riferimento, codice_ente) as municipality_code
    from latest
    where coalesce(stato_record, 'attivo') <> 'annullato'
        and not exists (
            select 1 from replacements
            where replacements.codice_ente = latest.codice_ente
                and replacements.delivery_id <> latest.delivery_id
                and (replacements.replaced_at, replacements.load_seq) > (latest.data_estrazione, latest.load_seq)
        )

)

select * from current_records
{%- endmacro %}
