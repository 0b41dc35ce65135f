with curve as (

    select * from {{ ref('int_placement_survival') }}

),

lengths as (

    select
        care_type,
        period_type,
        period,
        municipality_code,
        sum(leaving)::bigint as cohort,
        sum(ended)::bigint as cohort_ended,
        {{ days_in_months(survival_quantile('days', 'survival', left=0.25)) }} as lower_quartile_months,
        {{ days_in_months(survival_quantile('days', 'survival', left=0.5)) }} as median_months,
        {{ days_in_months(survival_quantile('days', 'survival', left=0.75)) }} as upper_quartile_months
    from curve
    group by care_type, period_type, period, municipality_code

)

select * from lengths
