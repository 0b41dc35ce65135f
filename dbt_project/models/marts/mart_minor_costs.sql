with care_years as (

    select * from {{ ref('int_minor_care_year') }}

),

measures as (

    select * from {{ ref('int_minor_care_measure') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

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
        care_years.year,
        care_years.municipality_code,
        minors.first_spell as minor,
        municipalities.municipality_name,
        care_years.spells,
        periods.is_complete,
        periods.is_covered,
        minors.is_unaccompanied,
        care_years.* exclude (year, municipality_code, minor_id, spells),
        sources.label as cost_source_name,
        measures.autorita as measure_authority,
        authorities.label as measure_authority_name,
        measures.data_provvedimento as measure_date
    from care_years
    inner join municipalities using (municipality_code)
    inner join periods on care_years.year = year(periods.period_start)
    inner join minors using (minor_id)
    left join code_lists as sources on sources.code_list = 'fonte_costo' and care_years.cost_source = sources.code
    left join measures using (year, municipality_code, minor_id)
    left join code_lists as authorities
        on authorities.code_list = 'autorita' and measures.autorita = authorities.code

)

select * from final
