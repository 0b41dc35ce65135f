-- Arts. 11 c. 4 d), 31 c. 1 f), 43 c. 1 j), 46 c. 6: reports reach the judicial authority by their due date.
with reports as (

    select *, null::varchar as service_code from {{ ref('fct_court_report') }}

),

judged as (

    select
        *,
        case
            when data_invio <= data_scadenza then 'compliant'
            when data_invio is not null then 'not_compliant: late'
            when data_scadenza >= {{ as_of() }} then 'not_assessable: not_yet'
            else 'not_compliant: missing'
        end as verdict
    from reports

),

outcomes as (

    {{ rule_rows(
        'R43.1j', 'judged', 'id_relazione', 'data_scadenza', value=italian_date('data_invio'),
        expected=italian_date('data_scadenza'), recorded='data_invio is not null'
    ) }}

)

select * from outcomes
