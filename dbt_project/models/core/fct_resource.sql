with resources as (

    select * from {{ ref('stg_risorse') }}

),

classified as (

    select
        anno,
        codice_ente,
        area,
        municipality_code,
        {{ is_shared_area('area') }} as is_shared,
        importo as allotted
    from resources

)

select * from classified
