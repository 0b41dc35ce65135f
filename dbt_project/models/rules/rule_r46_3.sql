-- Art. 46 c. 3: the licence of the facility is on record.
with records as (

    select * from {{ ref('fct_facility_placement') }}

),

judged as (

    select
        *,
        case
            when autorizzazione_struttura is null then 'not_assessable: not_stated'
            when autorizzazione_struttura then 'compliant'
            else 'not_compliant: not_authorised'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'R46.3', 'judged', 'id_inserimento', 'data_inizio', value=delivered_flag('autorizzazione_struttura'),
        recorded='autorizzazione_struttura is not null'
    ) }}

)

select * from outcomes
