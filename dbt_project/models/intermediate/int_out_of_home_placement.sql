{%- set in_order = 'started_on, finished_on, care_type, codice_ente, record_id' -%}
with placements as (

    select * from {{ ref('int_placement') }}
    where is_out_of_home

),

preceded as (

    select
        *,
        max(coalesce(finished_on, {{ as_of() }})) over (
            partition by minor_id order by {{ in_order }} rows between unbounded preceding and 1 preceding
        ) as in_care_until
    from placements

),

-- Who changes place from one day to the next never went home: it is one stay.
entered as (

    select
        *,
        coalesce(started_on > in_care_until + 1, true) as is_entry,
        greatest(started_on, in_care_until + 1) as counted_from
    from preceded

),

numbered as (

    select
        *,
        sum(is_entry::integer) over (partition by minor_id order by {{ in_order }} rows unbounded preceding)::integer
            as stay_number
    from entered

),

final as (

    select
        care_type,
        codice_ente,
        record_id,
        minor_id,
        municipality_code,
        stay_number,
        min(started_on) over (partition by minor_id, stay_number) as stay_started_on,
        started_on,
        finished_on,
        outcome_class,
        is_entry,
        counted_from
    from numbered

)

select * from final
