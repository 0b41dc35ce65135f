-- Law 184/1983, art. 4 c. 4: foster care lasts no more than 24 months, unless the court prolongs it.
with placements as (

    select
        *,
        {{ known_end('data_fine') }} as known_end,
        {{ months_later('data_inizio', 24) }} as limit_day
    from {{ ref('fct_foster_placement') }}

),

judged as (

    select
        *,
        case
            when data_inizio > {{ as_of() }} then 'not_applicable: not_started'
            when known_end <= limit_day then 'compliant'
            else 'not_compliant: too_long'
        end as verdict
    from placements

),

outcomes as (

    {{ rule_rows(
        'L-24M', 'judged', 'id_affido', 'least(known_end, limit_day)', value=italian_date('known_end'),
        expected=italian_date('limit_day')
    ) }}

)

select * from outcomes
