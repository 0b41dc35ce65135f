with meetings as (

    select * from {{ ref('fct_meeting') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

levels as (

    select * from {{ ref('code_lists') }}
    where code_list = 'livello_riunione'

),

final as (

    select
        meetings.codice_ente,
        meetings.id_riunione as record_id,
        meetings.municipality_code,
        municipalities.municipality_name,
        meetings.livello as level,
        levels.label as level_name,
        meetings.data_riunione as meeting_date,
        {{ as_of() }} - meetings.data_riunione as days_since,
        meetings.partecipanti as participants,
        meetings.casi_esaminati as cases_examined,
        meetings.decisioni as decisions,
        meetings.decisioni_attuate as decisions_done,
        meetings.decisioni - coalesce(meetings.decisioni_attuate, 0) as decisions_open,
        meetings.verbale_approvato_il as minutes_approved_date
    from meetings
    left join municipalities using (municipality_code)
    left join levels on meetings.livello = levels.code

)

select * from final
