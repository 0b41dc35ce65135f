-- Co-design, «Oneri» e): the partner keeps the curricula of its staff up to date.
with records as (

    select *, null::varchar as service_code from {{ ref('dim_professional') }}

),

judged as (

    select
        *,
        case
            when datore <> 'partner' then 'not_applicable: municipal_staff'
            when not {{ open_at_end_of_day('data_inizio', 'data_fine', as_of()) }} then 'not_applicable: not_in_service'
            when curriculum_aggiornato_il is null then 'not_assessable: no_date'
            when curriculum_aggiornato_il >= {{ months_later(as_of(), -12) }} then 'compliant'
            else 'not_compliant: out_of_date'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'C-CV', 'judged', 'id_operatore', known_end('data_fine'), value=italian_date('curriculum_aggiornato_il'),
        expected=italian_date(months_later(as_of(), -12)), recorded='curriculum_aggiornato_il is not null'
    ) }}

)

select * from outcomes
