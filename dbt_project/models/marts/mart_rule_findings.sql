with outcomes as (

    select * from {{ ref('rule_outcomes') }}
    where outcome in ('not_compliant', 'not_assessable')

),

rules as (

    select * from {{ ref('rules') }}

),

verdicts as (

    select * from {{ ref('rule_verdicts') }}

),

municipalities as (

    select municipality_code, municipality_name from {{ ref('dim_municipality') }}

),

services as (

    select service_code, service_name from {{ ref('dim_service') }}

),

professionals as (

    select id_operatore, profilo, datore, data_inizio from {{ ref('dim_professional') }}

),

labels as (

    select code_list, code, label from {{ ref('code_lists') }}

),

described as (

    select
        outcomes.rule_id,
        outcomes.municipality_code,
        outcomes.codice_ente,
        outcomes.record_id,
        municipalities.municipality_name,
        outcomes.service_code,
        services.service_name,
        rules.record_name,
        case when rules.on_record = 'operatori' then
            concat_ws(' · ', profiles.label, employers.label, {{ italian_date('professionals.data_inizio') }})
        end as record_detail,
        rules.title as rule_title,
        rules.article,
        rules.severity,
        severities.label as severity_name,
        outcomes.outcome,
        outcome_labels.label as outcome_name,
        outcomes.event_date,
        outcomes.value_found,
        outcomes.value_expected,
        replace(
            replace(verdicts.what_is_missing, '{valore}', coalesce(outcomes.value_found, '–')),
            '{atteso}', coalesce(outcomes.value_expected, '–')
        ) as what_is_missing,
        rules.how_to_mend,
        rules.note,
        outcomes.cost_to_recover
    from outcomes
    left join rules using (rule_id)
    left join verdicts using (rule_id, verdict)
    left join municipalities using (municipality_code)
    left join services using (service_code)
    left join labels as severities on severities.code_list = 'severity' and severities.code = rules.severity
    left join labels as outcome_labels
        on outcome_labels.code_list = 'rule_outcome' and outcome_labels.code = outcomes.outcome
    left join professionals on rules.on_record = 'operatori' and professionals.id_operatore = outcomes.record_id
    left join labels as profiles
        on profiles.code_list = 'profilo_operatore' and profiles.code = professionals.profilo
    left join labels as employers
        on employers.code_list = 'datore_operatore' and employers.code = professionals.datore

)

select * from described
