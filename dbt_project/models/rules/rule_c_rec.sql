-- Co-design, «Rendicontazioni» b): complaints are managed; the term to answer is a setting (30 days, law 241/1990).
with records as (

    select * from {{ ref('fct_complaint') }}

),

judged as (

    select
        *,
        case
            when is_answered_within_term then 'compliant'
            when not is_term_assessable then 'not_assessable: not_yet'
            when is_answered then 'not_compliant: late'
            else 'not_compliant: missing'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'C-REC', 'judged', 'id_reclamo', 'data_ricezione', value=italian_date('data_risposta'),
        expected=italian_date('data_ricezione + ' ~ var('complaint_answer_days')), recorded='is_answered'
    ) }}

)

select * from outcomes
