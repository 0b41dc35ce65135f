with placements as (

    select * from {{ ref('int_out_of_home_placement') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

),

-- A stay ends as its last placement does, and belongs to the municipality of it.
stays as (

    select
        minor_id,
        stay_number,
        min(started_on) as started_on,
        case when bool_and(finished_on is not null) then max(finished_on) end as finished_on,
        max_by(
            struct_pack(municipality_code, outcome_class),
            (coalesce(finished_on, 'infinity'::date), started_on, care_type, codice_ente, record_id)
        ) as last_placement
    from placements
    group by minor_id, stay_number

),

final as (

    select
        stays.minor_id,
        stays.stay_number,
        stays.last_placement.municipality_code as municipality_code,
        stays.last_placement.outcome_class as outcome_class,
        stays.started_on,
        stays.finished_on,
        coalesce(stays.finished_on, {{ as_of() }}) - stays.started_on as days,
        coalesce({{ age_in_years('minors.data_nascita', 'stays.started_on') }} < 18, true) as is_minor_at_start,
        coalesce({{ age_in_years('minors.data_nascita', 'stays.finished_on') }} < 18, true) as is_minor_at_end
    from stays
    inner join minors using (minor_id)

)

select * from final
