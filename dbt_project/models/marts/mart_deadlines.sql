with deadlines as (

    select * from {{ ref('int_deadline') }}

),

kinds as (

    select * from {{ ref('deadline_kinds') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

final as (

    select
        deadlines.deadline_kind,
        deadlines.codice_ente,
        deadlines.record_id,
        kinds.name as deadline_name,
        kinds.article,
        kinds.horizon_days,
        deadlines.municipality_code,
        municipalities.municipality_name,
        deadlines.service_code,
        services.service_name,
        kinds.record_name,
        case when deadlines.detail_value is not null then
            replace(kinds.detail_text, '{valore}', deadlines.detail_value)
        end as detail,
        deadlines.due_date,
        deadlines.days_left,
        deadlines.is_overdue,
        kinds.what_to_do
    from deadlines
    inner join kinds using (deadline_kind)
    left join municipalities using (municipality_code)
    left join services using (service_code)

)

select * from final
