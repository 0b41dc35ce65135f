-- Art. 41 c. 1 b): a placement by order of an authority has its measure on record.
with placements as (

    select * from {{ ref('fct_facility_placement') }}

),

measures as (

    select minor_id, data_provvedimento from {{ ref('fct_measure') }}

),

-- Of the minor's measures, the one nearest to the start; of two as near, the earlier.
nearest as (

    select
        placements.codice_ente,
        placements.id_inserimento,
        arg_min(
            measures.data_provvedimento,
            (abs(measures.data_provvedimento - placements.data_inizio), measures.data_provvedimento)
        ) as nearest_measure,
        bool_or(measures.data_provvedimento between placements.data_inizio - 365 and placements.data_inizio + 15)
            as has_measure
    from placements
    inner join measures using (minor_id)
    group by placements.codice_ente, placements.id_inserimento

),

judged as (

    select
        placements.*,
        nearest.nearest_measure,
        case
            when placements.titolo not in ('provvedimento_ag', 'art_403') then 'not_applicable: other_title'
            when nearest.nearest_measure is null then 'not_compliant: no_measure'
            when nearest.has_measure then 'compliant'
            else 'not_compliant: outside_window'
        end as verdict
    from placements
    left join nearest using (codice_ente, id_inserimento)

),

outcomes as (

    {{ rule_rows(
        'R41.1', 'judged', 'id_inserimento', 'data_inizio', value=italian_date('nearest_measure'),
        expected=italian_date('data_inizio'), recorded='nearest_measure is not null'
    ) }}

)

select * from outcomes
