{#-
    The current version of each record of an extract at the reference date, with every column of its contract.

    For one key the latest (data_estrazione, load_seq, source_row) wins among the rows extracted by then; a row that
    still waited for another record then does not count, and in a full replacement brings its key all the same.
    A record is withdrawn when that version says `annullato`, or when a full replacement of the same body came
    after it without the key (a row of it that was not accepted, and is held, still brings its key). Every staging model is this macro and its own key.
-#}
{% macro current_version(extract, key) -%}
with landed_later as (

    {{ landed_after_as_of() }} and extract = '{{ extract }}'

),

extracted as (

    select * from {{ source('landing', extract) }}
    where data_estrazione <= {{ as_of() }}

),

delivered as (

    select extracted.* from extracted
    left join landed_later using (delivery_id, source_row)
    where landed_later.delivery_id is null

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

-- Keys that a full replacement brings in rows that were not accepted.
held_keys as (

    select delivery_id, {{ key | join(', ') }}
    from {{ source('held', extract) }}
    where delivery_id in (select delivery_id from replacements)
    union
    select delivery_id, {{ key | join(', ') }}
    from extracted
    inner join landed_later using (delivery_id, source_row)

),

left_out as (

    select distinct latest.delivery_id, latest.source_row
    from latest
    inner join replacements
        on replacements.codice_ente = latest.codice_ente
        and replacements.delivery_id <> latest.delivery_id
        and (replacements.replaced_at, replacements.load_seq) > (latest.data_estrazione, latest.load_seq)
    left join held_keys
        on held_keys.delivery_id = replacements.delivery_id
        {% for column in key %}and held_keys.{{ column }} = latest.{{ column }} {% endfor %}
    where held_keys.delivery_id is null

),

current_records as (

    select
        latest.*,
        coalesce(latest.comune_riferimento, latest.codice_ente) as municipality_code
    from latest
    left join left_out using (delivery_id, source_row)
    where left_out.delivery_id is null
        and coalesce(latest.stato_record, 'attivo') <> 'annullato'

)

select * from current_records
{%- endmacro %}
