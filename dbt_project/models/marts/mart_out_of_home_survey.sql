with counts as (

    select * from {{ ref('int_survey_count') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

periods as (

    select * from {{ ref('dim_period') }}
    where period_type = 'year'

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

final as (

    select
        counts.year,
        counts.moment,
        counts.municipality_code,
        counts.care_type,
        counts.minor_group,
        counts.dimension,
        counts.category,
        municipalities.municipality_name,
        moments.label as moment_name,
        care_types.label as care_type_name,
        minor_groups.label as minor_group_name,
        dimensions.label as dimension_name,
        categories.label as category_name,
        periods.is_complete,
        periods.is_covered,
        counts.placements,
        counts.minors
    from counts
    inner join municipalities using (municipality_code)
    inner join periods on counts.year = year(periods.period_start)
    inner join code_lists as moments
        on moments.code_list = 'momento_rilevazione' and counts.moment = moments.code
    inner join code_lists as care_types
        on care_types.code_list in ('tipo_accoglienza', 'total_accoglienza') and counts.care_type = care_types.code
    inner join code_lists as minor_groups
        on minor_groups.code_list in ('gruppo_minori', 'total_survey') and counts.minor_group = minor_groups.code
    inner join code_lists as dimensions
        on dimensions.code_list = 'dimensione_rilevazione' and counts.dimension = dimensions.code
    inner join code_lists as categories
        on categories.code_list in (counts.code_list, 'missing') and counts.category = categories.code

)

select * from final
