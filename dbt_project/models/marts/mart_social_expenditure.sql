with costs as (

    select * from {{ ref('int_service_cost') }}

),

sources as (

    select * from {{ ref('int_expenditure_source') }}

),

cost_sharing as (

    select * from {{ ref('int_cost_sharing') }}

),

priced_services as (

    select * from {{ ref('priced_services') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type = 'year'

),

shares as (

    select
        cost_sharing.year,
        cost_sharing.municipality_code,
        priced_services.service_code,
        cost_sharing.obliged_persons,
        cost_sharing.charged,
        cost_sharing.paid
    from cost_sharing
    inner join priced_services using (prestazione)

),

combined as (

    select
        year,
        municipality_code,
        service_code,
        costs.minors_in_year as users,
        coalesce(costs.total_committed, 0)::decimal(18, 2) as committed,
        coalesce(costs.total_spent, 0)::decimal(18, 2) as spent,
        coalesce(shares.obliged_persons, 0) as paying_persons,
        coalesce(shares.charged, 0)::decimal(18, 2) as user_share_due,
        coalesce(shares.paid, 0)::decimal(18, 2) as user_share_paid,
        coalesce(costs.total_spent, 0)::decimal(18, 2) - coalesce(shares.paid, 0)::decimal(18, 2) as municipal_share,
        {%- for fonte in ['comuni', 'fondo_regionale', 'fondo_nazionale', 'fondo_europeo', 'partner', 'utenza', 'unknown'] %}
        coalesce(sources.from_{{ fonte }}, 0)::decimal(18, 2) as from_{{ fonte }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from costs
    full join shares using (year, municipality_code, service_code)
    left join sources using (year, municipality_code, service_code)

),

final as (

    select
        combined.year, combined.municipality_code, combined.service_code,
        municipalities.municipality_name, services.service_name, coalesce(periods.is_complete, false) as is_complete,
        combined.* exclude (year, municipality_code, service_code)
    from combined
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    left join periods on combined.year = year(periods.period_start)

)

select * from final
