with meetings as (

    select * from {{ ref('int_meeting_period') }}

),

sessions as (

    select * from {{ ref('int_training_hours') }}

),

contract_hours as (

    select * from {{ ref('int_contract_hours') }}
    where service_code = 'supervisione'

),

periods as (

    select * from {{ ref('dim_period') }}

),

levels as (

    select code as level, label as level_name
    from {{ ref('code_lists') }}
    where code_list in ('livello_riunione', 'total_level')

),

-- Sessions may come from a year without meetings, and meetings from one without sessions.
grid as (

    select periods.*, levels.*
    from periods
    cross join levels
    where {{ since_first('period_start', ref('fct_meeting'), 'data_riunione') }}
        or {{ since_first('period_start', ref('fct_training'), 'data_sessione') }}

),

final as (

    select
        grid.period_type,
        grid.period,
        grid.level,
        grid.level_name,
        grid.period_start,
        grid.period_end,
        grid.is_complete,
        meetings.meetings,
        meetings.months_without_meeting,
        meetings.cases_examined,
        meetings.decisions,
        meetings.decisions_done,
        {{ rate('meetings.decisions_done', 'meetings.decisions') }} as decisions_done_rate,
        case when grid.level = {{ total_code('level') }} then coalesce(sessions.supervision_hours, 0) end
            as supervision_hours,
        case when grid.level = {{ total_code('level') }} then contract_hours.contract_hours end
            as supervision_contract_hours,
        case when grid.level = {{ total_code('level') }} then coalesce(sessions.training_hours, 0) end
            as training_hours
    from grid
    left join meetings using (period_type, period, level)
    left join sessions using (period_type, period)
    left join contract_hours using (period_type, period)

)

select * from final
