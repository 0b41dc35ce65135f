-- Art. 31 c. 2 c): minor and foster carers are insured while the placement runs.
with records as (

    select * from {{ ref('fct_foster_placement') }}

),

judged as (

    select
        *,
        case
            when data_inizio > {{ as_of() }} then 'not_applicable: not_started'
            when copertura_assicurativa is null then 'not_assessable: not_stated'
            when copertura_assicurativa then 'compliant'
            else 'not_compliant: not_insured'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'R31.2c', 'judged', 'id_affido', 'data_inizio', value=delivered_flag('copertura_assicurativa'),
        recorded='copertura_assicurativa is not null'
    ) }}

)

select * from outcomes
