-- What is this: cells of the survey on minors out of home that do not agree with the marts of foster care and of the
-- stability of placements, years whose stock is not what entries and exits make of it, labels that lost a cell.
-- When does it matter: the same placements are told to the Region and in the yearly report.
-- How to resolve: compare int_survey_placement with int_placement_period and int_out_of_home_year.
with survey as (

    select * from {{ ref('mart_out_of_home_survey') }}

),

counts as (

    select * from {{ ref('int_survey_count') }}

),

totals as (

    select
        year, municipality_code, care_type,
        {%- for moment in ['nell_anno', 'inizio', 'entrati', 'usciti', 'fine'] %}
        coalesce(sum(placements) filter (where moment = '{{ moment }}'), 0) as {{ moment }},
        {%- endfor %}
        coalesce(sum(minors) filter (where moment = 'nell_anno'), 0) as minors
    from survey
    where dimension = 'totale' and minor_group = 'TUTTI'
    group by year, municipality_code, care_type

),

foster_care as (

    select year(period_start) as year, * from {{ ref('mart_foster_care') }}
    where period_type = 'year'

),

stability as (

    select * from {{ ref('mart_placement_stability') }}

),

problems as (

    select 'stock and flow' as problem, year, municipality_code from totals
    where inizio + entrati - usciti <> fine
    union all
    select 'stability', year, municipality_code
    from (select * from totals where care_type = 'TUTTE') as totals
    full join stability using (year, municipality_code)
    where coalesce(totals.nell_anno, 0) <> coalesce(stability.placements, 0)
        or coalesce(totals.minors, 0) <> coalesce(stability.minors, 0)
    union all
    select 'foster care', year, municipality_code
    from foster_care
    left join (select * from totals where care_type = 'affido') as totals using (year, municipality_code)
    where coalesce(totals.fine, 0)
        <> foster_care.at_end_intensita_residenziale + foster_care.at_end_intensita_pronta_accoglienza
    union all
    select 'a cell without label', 0, ''
    where (select count(*) from survey) <> (select count(*) from counts)

)

select * from problems
