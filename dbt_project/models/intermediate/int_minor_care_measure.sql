with costs as (

    select year, municipality_code, minor_id, max(last_day) as last_day
    from {{ ref('int_minor_care_cost') }}
    where days > 0
    group by 1, 2, 3

),

measures as (

    select * from {{ ref('fct_measure') }}

),

-- The latest measure known on the last day of care in the year; of two of one day, the later by its own number.
latest as (

    select
        costs.year,
        costs.municipality_code,
        costs.minor_id,
        measures.codice_ente,
        measures.id_provvedimento,
        measures.autorita,
        measures.tipo,
        measures.data_provvedimento
    from costs
    inner join measures
        on costs.minor_id = measures.minor_id
        and costs.last_day >= measures.data_provvedimento
    qualify row_number() over (
        partition by costs.year, costs.municipality_code, costs.minor_id
        order by measures.data_provvedimento desc, measures.id_provvedimento desc, measures.codice_ente desc
    ) = 1

)

select * from latest
