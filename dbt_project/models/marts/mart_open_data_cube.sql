with profiles as (

    select * from {{ ref('int_spell_profile') }} where period_type = 'year'

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

described as (

    select
        period_type,
        period,
        municipality_code,
        service_code,
        coalesce(age_band, 'non_indicato') as age_band,
        coalesce(sex, 'non_indicato') as sex,
        minor_id,
        is_open_at_end,
        is_opened,
        is_closed
    from profiles

),

counted as (

    select
        period_type,
        period,
        {{ or_total('municipality_code') }},
        {{ or_total('service_code') }},
        {{ or_total('age_band') }},
        {{ or_total('sex') }},
        {{ count_distinct_where('minor_id') }} as minors_in_period,
        {{ count_distinct_where('minor_id', 'is_open_at_end') }} as minors_at_end,
        count(*) filter (where is_opened) as opened,
        count(*) filter (where is_closed) as closed
    from described
    group by period_type, period, cube (municipality_code, service_code, age_band, sex)

),

labels as (

    select * from code_lists
    where code_list in ('age_band', 'total_age_band', 'sesso', 'total_sex', 'missing')

),

labelled as (

    select
        year(periods.period_start) as year,
        counted.municipality_code,
        counted.service_code,
        counted.age_band,
        counted.sex,
        municipalities.municipality_name,
        services.service_name,
        ages.label as age_band_name,
        sexes.label as sex_name,
        periods.is_complete,
        periods.is_covered,
        counted.minors_in_period,
        counted.minors_at_end,
        counted.opened,
        counted.closed
    from counted
    inner join periods using (period_type, period)
    inner join municipalities using (municipality_code)
    inner join services using (service_code)
    inner join labels as ages on counted.age_band = ages.code and ages.code_list in ('age_band', 'total_age_band', 'missing')
    inner join labels as sexes on counted.sex = sexes.code and sexes.code_list in ('sesso', 'total_sex', 'missing')

)

select * from labelled
