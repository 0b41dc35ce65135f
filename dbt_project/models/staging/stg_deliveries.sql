with deliveries as (

    select * from {{ source('meta', 'deliveries') }}

),

landed_later as (

    select delivery_id, count(*) as landed_later
    from ({{ landed_after_as_of() }})
    group by delivery_id

),

-- A file refused once may be delivered again and landed: its last outcome counts.
last_outcome as (

    select * from deliveries
    where case
        when first_extraction is null then not {{ came_after_as_of('loaded_at') }}
        else first_extraction <= {{ as_of() }}
    end
    qualify row_number() over (partition by delivery_id order by load_seq desc nulls last, loaded_at desc) = 1

),

-- A file whose name matches no extract is refused, and still has its row.
counted as (

    select last_outcome.* exclude (loaded_at) replace (
        coalesce(extract, 'non_riconosciuto') as extract,
        accepted - coalesce(landed_later, 0) as accepted,
        waiting + coalesce(landed_later, 0) as waiting
    )
    from last_outcome
    left join landed_later using (delivery_id)

)

select * from counted
