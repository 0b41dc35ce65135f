with quarantined_rows as (

    select * from {{ source('quarantine', 'rows') }}

),

renamed as (

    select
        delivery_id,
        extract,
        file as file_name,
        "row" as source_row,
        coalesce("column", '') as column_name,
        rule,
        message,
        case
            when state = 'landed' and {{ came_after_as_of('closed_at') }} then 'waiting'
            else coalesce(state, 'open')
        end as state
    from quarantined_rows

)

select * from renamed
