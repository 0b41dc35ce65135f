with deliveries as (

    select * from {{ ref('stg_deliveries') }}

),

quarantined as (

    select * from {{ ref('stg_quarantined_rows') }}

),

by_rule as (

    select
        delivery_id,
        rule,
        min(message) as example_message,
        count(distinct source_row) as rows_quarantined,
        list_sort(list_distinct(list(source_row)))[:5] as first_rows
    from quarantined
    where state <> 'landed'
    group by delivery_id, rule

),

-- Each delivery has a row for all its rules, also when none was broken.
with_total as (

    select
        delivery_id,
        {{ total_code('rule') }} as rule,
        message as example_message,
        quarantined + waiting as rows_quarantined,
        null as first_rows
    from deliveries
    union all
    select * from by_rule

),

final as (

    select
        deliveries.delivery_id,
        deliveries.extract,
        with_total.rule,
        deliveries.file_name,
        deliveries.codice_ente,
        deliveries.outcome,
        deliveries.first_extraction,
        deliveries.last_extraction,
        deliveries.rows_read as rows_delivered,
        deliveries.rows_read - with_total.rows_quarantined as rows_accepted,
        with_total.rows_quarantined,
        {{ rate('with_total.rows_quarantined', 'deliveries.rows_read') }} as quarantined_rate,
        case when with_total.rule = {{ total_code('rule') }} then deliveries.waiting end as rows_waiting,
        with_total.example_message,
        deliveries.file_name || ': ' || array_to_string(with_total.first_rows, ', ') as example_locations
    from with_total
    inner join deliveries using (delivery_id)

)

select * from final
