with grid as (

    {{ municipality_grid(ref('fct_spell'), 'data_apertura', ['year']) }}

),

referrals as (

    select *, events - immature as assessable from {{ ref('int_flow') }}
    where event = 'referral'

),

returns as (

    select *, events - immature as assessable from {{ ref('int_flow') }}
    where event = 'return'

),

closings as (

    select * from {{ ref('int_flow') }}
    where event = 'closing'

),

final as (

    select
        grid.year,
        grid.municipality_code,
        grid.municipality_name,
        grid.is_complete,
        grid.is_covered,
        coalesce(referrals.events, 0) as referrals,
        coalesce(referrals.immature, 0) as immature,
        coalesce(referrals.assessable, 0) as assessable_referrals,
        coalesce(referrals.happened_again, 0) as re_referrals_12m,
        {{ rate('referrals.happened_again', 'referrals.assessable') }} as re_referral_rate,
        {{ wilson_low('referrals.happened_again', 'referrals.assessable') }} as re_referral_low,
        {{ wilson_high('referrals.happened_again', 'referrals.assessable') }} as re_referral_high,
        referrals.median_days as median_days_referral_to_opening,
        coalesce(returns.events, 0) as returns_home,
        coalesce(returns.immature, 0) as immature_returns_home,
        coalesce(returns.assessable, 0) as assessable_returns_home,
        coalesce(returns.happened_again, 0) as re_entries_12m,
        {{ rate('returns.happened_again', 'returns.assessable') }} as re_entry_rate,
        {{ wilson_low('returns.happened_again', 'returns.assessable') }} as re_entry_low,
        {{ wilson_high('returns.happened_again', 'returns.assessable') }} as re_entry_high,
        coalesce(closings.events, 0) as closed_spells,
        {{ days_in_months('closings.median_days') }} as duration_of_closed_spells,
        {{ days_in_months('closings.lower_quartile_days') }} as duration_lower_quartile,
        {{ days_in_months('closings.upper_quartile_days') }} as duration_upper_quartile
    from grid
    left join referrals using (year, municipality_code)
    left join returns using (year, municipality_code)
    left join closings using (year, municipality_code)

)

select * from final
