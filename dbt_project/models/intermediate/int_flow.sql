with referrals as (

    select * from {{ ref('int_referral') }}

),

returns as (

    select * from {{ ref('int_return_home') }}

),

spells as (

    select * from {{ ref('fct_spell') }}
    where data_chiusura is not null

),

events as (

    select
        'referral' as event, year(referred_on) as year, municipality_code,
        is_immature, is_referred_again as has_happened_again, days_to_opening as days
    from referrals
    union all
    select 'return', year(returned_on), municipality_code, is_immature, is_re_entered, null
    from returns
    union all
    select 'closing', year(data_chiusura), municipality_code, false, false, data_chiusura - data_apertura
    from spells

),

counted as (

    select
        year::integer as year,
        {{ or_total('municipality_code') }},
        event,
        count(*) as events,
        count(*) filter (where is_immature) as immature,
        count(*) filter (where has_happened_again and not is_immature) as happened_again,
        quantile_cont(days, 0.25) as lower_quartile_days,
        median(days) as median_days,
        quantile_cont(days, 0.75) as upper_quartile_days
    from events
    group by year, event, cube (municipality_code)

)

select * from counted
