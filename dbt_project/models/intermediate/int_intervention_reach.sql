with interventions as (

    select * from {{ ref('fct_intervention') }}
    where spell_id is not null
        and esito = 'svolto'

),

period_months as (

    select * from {{ ref('int_period_month') }}

),

-- Each type of act is a bit: who was met in a period stays one row whatever the acts, however many there are.
intervention_types as (

    select code as intervention_type, 1::bigint << sort_order as bit
    from {{ ref('code_lists') }}
    where code_list = 'tipo_intervento'

),

by_month as (

    select
        date_trunc('month', interventions.data_intervento)::date as month_start,
        interventions.municipality_code,
        interventions.service_code,
        interventions.minor_id,
        bit_or(intervention_types.bit) as types
    from interventions
    inner join intervention_types on interventions.tipo = intervention_types.intervention_type
    group by all

),

by_period as (

    select
        period_months.period_type,
        period_months.period,
        by_month.municipality_code,
        by_month.service_code,
        by_month.minor_id,
        bit_or(by_month.types) as types
    from by_month
    inner join period_months using (month_start)
    group by all

),

-- One set of totals after another: all at once they do not fit the memory of a build of many Ambiti.
met as (

    select * from by_period
    {%- for kept in [['municipality_code'], ['service_code'], []] %}
    union all
    select
        period_type, period,
        {% for column in ['municipality_code', 'service_code'] -%}
        {% if column not in kept %}{{ total_code(column) }} as {% endif %}{{ column }},
        {% endfor -%}
        minor_id, bit_or(types) as types
    from by_period
    group by period_type, period, {% for column in kept %}{{ column }}, {% endfor %}minor_id
    {%- endfor %}

),

by_types as (

    select period_type, period, municipality_code, service_code, types, count(*) as minors
    from met
    group by period_type, period, municipality_code, service_code, types

),

reached as (

    select period_type, period, municipality_code, service_code, intervention_type, sum(minors)::bigint as minors_reached
    from by_types
    inner join intervention_types on by_types.types & intervention_types.bit <> 0
    group by period_type, period, municipality_code, service_code, intervention_type
    union all
    select
        period_type, period, municipality_code, service_code,
        {{ total_code('intervention_type') }} as intervention_type,
        sum(minors)::bigint as minors_reached
    from by_types
    group by period_type, period, municipality_code, service_code

)

select * from reached
