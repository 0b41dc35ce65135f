-- Art. 42 c. 1: as a rule, the personal project is ready within 30 days of the start.
with records as (

    select * from {{ ref('fct_facility_placement') }}

),

judged as (

    select
        *,
        case
            when data_progetto_personalizzato <= data_inizio + 30 then 'compliant'
            when data_progetto_personalizzato is not null then 'not_compliant: late'
            when {{ as_of() }} - data_inizio < 30 then 'not_assessable: not_yet'
            else 'not_compliant: missing'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'R42.1', 'judged', 'id_inserimento', 'data_inizio', value=italian_date('data_progetto_personalizzato'),
        expected=italian_date('data_inizio + 30'), recorded='data_progetto_personalizzato is not null'
    ) }}

)

select * from outcomes
