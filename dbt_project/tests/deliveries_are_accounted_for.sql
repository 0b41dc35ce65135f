-- What is this: landed deliveries where rows delivered are not rows accepted plus rows quarantined plus rows waiting.
-- When does it matter: a row read and in neither place is a row lost.
-- How to resolve: compare landing and quarantine with the file; `mart_data_quality` names it.
with deliveries as (

    select * from {{ ref('stg_deliveries') }}

),

broken as (

    select delivery_id, extract, file_name, rows_read, accepted, quarantined, waiting
    from deliveries
    where outcome = 'landed'
        and rows_read <> accepted + quarantined + waiting

)

select * from broken
