with periods as (

    select * from {{ ref('dim_period') }}

),

months as (

    select
        period_type,
        period,
        unnest(generate_series(period_start, period_end, interval 1 month))::date as month_start
    from periods

)

select * from months
