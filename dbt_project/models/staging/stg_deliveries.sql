with deliveries as (

    select * from {{ source('meta', 'deliveries') }}

),

-- A file refused once may be delivered again and landed: its last outcome counts.
last_outcome as (

    -- A file whose name matches no extract is refused, and still has its row.
    select * exclude (loaded_at) replace (coalesce(extract, 'non_riconosciuto') as extract)
    from deliveries
    where coalesce(first_extraction <= {{ as_of() }}, true)
    qualify row_number() over (partition by delivery_id order by load_seq desc nulls last, loaded_at desc) = 1

)

select * from last_outcome
