{#- Where a build that starts from the one before puts its condition: the records that may be others than they were. The
    rest of the text looks at all rows. -#}
{% macro touched_records() -%}
    /* touched records */
{%- endmacro %}

{#-
    The current version of each record of an extract at the reference date, with every column of its contract.

    For one key the latest (data_estrazione, load_seq, source_row) wins among the rows extracted by then; a row that
    still waited for another record then does not count.
    A record is withdrawn when that version says `annullato`, or when a full replacement of the same body came
    after it without the key. Any row of the replacement brings its key: also one that was not accepted, that still
    waited then, or that is older than the version already known. Every staging model is this macro and its own key.
-#}
{#- `delivered` and what it reads are not materialized: as a table they would hold every version of every record in
    memory, several times over, for an extract of many millions of rows. For the same reason only keys met more than
    once are put in order: a hash finds them, which at worst takes a few more keys along. -#}
{% macro current_version(extract, key) -%}
with landed_later as (

    {{ landed_after_as_of() }} and extract = '{{ extract }}'

),

extracted as not materialized (

    select * from {{ source('landing', extract) }}
    where data_estrazione <= {{ as_of() }} {{ touched_records() }}

),

delivered as not materialized (

    select extracted.* from extracted
    left join landed_later using (delivery_id, source_row)
    where landed_later.delivery_id is null

),

-- One row per body and delivery that replaces all its earlier records, with the date that it speaks for.
replacements as (

    select landed.codice_ente, landed.delivery_id, max(landed.data_estrazione) as replaced_at, max(landed.load_seq) as load_seq
    from {{ source('landing', extract) }} as landed
    left join landed_later using (delivery_id, source_row)
    where landed_later.delivery_id is null
        and landed.delivery_id in (
            select delivery_id from {{ source('meta', 'deliveries') }} where is_full_replacement
        )
    group by landed.codice_ente, landed.delivery_id
    having max(landed.data_estrazione) <= {{ as_of() }}

),

repeated as (

    select hash({{ key | join(', ') }}) as key_hash from delivered
    group by key_hash
    having count(*) > 1

),

latest as not materialized (

    select * from delivered
    where hash({{ key | join(', ') }}) not in (select key_hash from repeated)
    union all
    select * from delivered
    where hash({{ key | join(', ') }}) in (select key_hash from repeated)
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by data_estrazione desc, load_seq desc, source_row desc
    ) = 1

),

-- Keys that a full replacement brings, whatever became of their rows, and of whatever day they are.
brought_keys as (

    select delivery_id, {{ key | join(', ') }}
    from {{ source('landing', extract) }}
    where delivery_id in (select delivery_id from replacements)
    union all
    select delivery_id, {{ key | join(', ') }}
    from {{ source('held', extract) }}
    where delivery_id in (select delivery_id from replacements)

),

left_out as (

    select distinct latest.delivery_id, latest.source_row
    from delivered as latest
    inner join replacements
        on replacements.codice_ente = latest.codice_ente
        and replacements.delivery_id <> latest.delivery_id
        and (replacements.replaced_at, replacements.load_seq) > (latest.data_estrazione, latest.load_seq)
    left join brought_keys
        on brought_keys.delivery_id = replacements.delivery_id
        {% for column in key %}and brought_keys.{{ column }} = latest.{{ column }} {% endfor %}
    where brought_keys.delivery_id is null

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
