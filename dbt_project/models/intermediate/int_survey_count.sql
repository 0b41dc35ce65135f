with placements as (

    select * from {{ ref('int_survey_placement') }}

),

bands as (

    select * from {{ ref('survey_bands') }}

),

told as (

    select
        placements.year,
        placements.moment,
        placements.care_type,
        placements.minor_group,
        placements.municipality_code,
        placements.minor_id,
        unnest([
            {%- for dimension, code_list, code in survey_dimensions() %}
            struct_pack(dimension := '{{ dimension }}', code_list := '{{ code_list }}', category := {{ code }})
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ]) as cell
    from placements
    left join bands as ages on {{ in_survey_band('fascia_eta_rilevazione', 'placements.age', 'ages') }}
    left join bands as lengths on {{ in_survey_band('durata_accoglienza', 'placements.length_years', 'lengths') }}

),

cells as (

    select
        year, moment, care_type, minor_group, municipality_code, minor_id,
        cell.dimension as dimension, cell.code_list as code_list, cell.category as category
    from told
    where cell.category is not null

),

counted as (

    select
        year,
        moment,
        {{ or_total('municipality_code') }},
        {{ or_total('care_type') }},
        case when grouping(minor_group) = 1 then 'TUTTI' else minor_group end as minor_group,
        dimension,
        code_list,
        category,
        count(*) as placements,
        {{ count_distinct_where('minor_id') }} as minors
    from cells
    group by year, moment, dimension, code_list, category, cube (municipality_code, care_type, minor_group)

)

select * from counted
