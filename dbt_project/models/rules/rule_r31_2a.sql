-- Art. 31 c. 2 a): a written agreement settles the placement by the day on which it starts.
with records as (

    select * from {{ ref('fct_foster_placement') }}

),

judged as (

    select
        *,
        case
            when data_patto is null then 'not_compliant: no_agreement'
            when data_patto <= data_inizio then 'compliant'
            else 'not_compliant: late'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'R31.2a', 'judged', 'id_affido', 'data_inizio', value=italian_date('data_patto'),
        expected=italian_date('data_inizio'), recorded='data_patto is not null'
    ) }}

)

select * from outcomes
