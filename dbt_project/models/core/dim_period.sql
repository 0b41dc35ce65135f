with first_dates as (

    select min(data_apertura) as first_date from {{ ref('fct_spell') }}
    union all
    select min(data_intervento) from {{ ref('fct_intervention') }}
    union all
    select min(data_ricezione) from {{ ref('fct_complaint') }}
    union all
    select min(data_controllo) from {{ ref('fct_control') }}
    union all
    select min(data_competenza) from {{ ref('fct_expenditure') }}
    union all
    select min(mese) from {{ ref('fct_staff_hours') }}

),

-- Before the year of the first closing, bodies delivered only the spells that lasted until then.
coverage as (

    select date_trunc('year', coalesce(min(data_chiusura), min(data_apertura)))::date as covered_from
    from {{ ref('fct_spell') }}

),

bounds as (

    select
        year({{ as_of() }}) as last_year,
        greatest(
            least(coalesce(min(year(first_date)), last_year), last_year),
            last_year - {{ var('longest_history_years') }}
        ) as first_year
    from first_dates

),

months as (

    select unnest(generate_series(make_date(first_year, 1, 1), make_date(last_year, 12, 1), interval 1 month))::date
        as first_day
    from bounds

),

periods as (

    select 'month' as period_type, strftime(first_day, '%Y-%m') as period, first_day, 1 as months
    from months
    union all
    select 'semester', year(first_day) || '-S' || (month(first_day) // 6 + 1), first_day, 6
    from months
    where month(first_day) in (1, 7)
    union all
    select 'year', year(first_day)::varchar, first_day, 12
    from months
    where month(first_day) = 1

),

dated as (

    select
        period_type,
        period,
        first_day as period_start,
        (first_day + to_months(months) - interval 1 day)::date as period_end,
        period_end <= {{ as_of() }} as is_complete,
        coalesce(first_day >= covered_from, false) as is_covered
    from periods
    cross join coverage

)

select * from dated
