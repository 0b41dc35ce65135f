{#- Where a record comes from: columns that facts leave to staging. -#}
{% macro provenance_columns() -%}
    comune_riferimento, data_estrazione, stato_record, delivery_id, source_row, loaded_at, load_seq
{%- endmacro %}

{#-
    The records of a staging model with the minor, the municipality and the service of their spell; those of a
    withdrawn spell have none of them.
-#}
{% macro with_its_spell(staged) -%}
with records as (

    select * exclude (municipality_code, {{ provenance_columns() }}) from {{ staged }}

),

spells as (

    select codice_ente, id_presa_in_carico, spell_id, minor_id, municipality_code, service_code
    from {{ ref('fct_spell') }}

),

joined as (

    select *
    from records
    left join spells using (codice_ente, id_presa_in_carico)

)

select * from joined
{%- endmacro %}

{#-
    The records of a staging model with their minor; the municipality is the one that the record is about.
-#}
{% macro with_its_minor(staged) -%}
with records as (

    select * exclude ({{ provenance_columns() }}) from {{ staged }}

),

identities as (

    select * from {{ ref('int_minor_identity') }}

),

joined as (

    select records.* exclude (id_minore), identities.minor_id
    from records
    left join identities using (codice_ente, id_minore)

)

select * from joined
{%- endmacro %}

{#- The records of a staging model that need nothing else: without where they come from. -#}
{% macro as_delivered(staged) -%}
with records as (

    select * exclude ({{ provenance_columns() }}) from {{ staged }}

)

select * from records
{%- endmacro %}
