with stays as (

    select * from {{ ref('int_out_of_home_stay') }}
    where days >= {{ var('shortest_stay_days') }}

),

entries as (

    select * from stays
    where is_minor_at_start

),

returns as (

    select
        minor_id,
        stay_number,
        municipality_code,
        finished_on as returned_on,
        {{ months_later('finished_on', var('follow_up_months')) }} as followed_until
    from stays
    where outcome_class = 'rientro_famiglia'
        and is_minor_at_end

),

re_entries as (

    select returns.minor_id, returns.stay_number, min(entries.started_on) as re_entered_on
    from returns
    inner join entries
        on returns.minor_id = entries.minor_id
        and returns.stay_number < entries.stay_number
    group by returns.minor_id, returns.stay_number

),

followed as (

    select
        returns.*,
        re_entries.re_entered_on,
        returns.followed_until > {{ as_of() }} as is_immature,
        coalesce(re_entries.re_entered_on <= returns.followed_until, false) as is_re_entered
    from returns
    left join re_entries using (minor_id, stay_number)

)

select * from followed
