with contracts as (

    select * from {{ ref('contract_hours') }}

),

staffing as (

    select period_type, period, service_code, hours
    from {{ ref('int_staffing') }}
    where municipality_code = {{ total_code('municipality_code') }}
        and profilo = {{ total_code('profilo') }}

),

sessions as (

    select * from {{ ref('int_training_hours') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

-- What is fixed by the week holds for any period, what is fixed by the year for whole years only.
owed as (

    select
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        contracts.service_code,
        contracts.measured_by,
        (
            contracts.hours
            * case contracts.per
                when 'settimana' then {{ weeks_of_period('periods.period_start', 'periods.period_end') }} else 1
            end
        )::decimal(18, 2) as contract_hours
    from contracts
    inner join periods
        on (contracts.per = 'settimana' or periods.period_type = 'year')
        and case contracts.measured_by
            when 'formazione' then {{ since_first('periods.period_start', ref('fct_training'), 'data_sessione') }}
            else {{ since_first('periods.period_start', ref('fct_staff_hours'), 'mese') }}
        end

),

compared as (

    select
        owed.period_type,
        owed.period,
        owed.service_code,
        owed.period_start,
        owed.period_end,
        case owed.measured_by
            when 'formazione' then coalesce(sessions.supervision_hours, 0)
            else coalesce(staffing.hours, 0)
        end as hours,
        owed.contract_hours
    from owed
    left join staffing using (period_type, period, service_code)
    left join sessions using (period_type, period)

)

select * from compared
