with figures as (

    select * from {{ ref('published_figures') }}

),

spells as (

    select * from {{ ref('fct_spell') }}

),

resources as (

    select * from {{ ref('fct_resource') }}

),

-- Unknown before the first spell that the data hold and after the reference date.
minors as (

    select
        figures.figure_id,
        case when figures.reference_date <= {{ as_of() }} then
            count(distinct spells.minor_id) filter (
                where {{ open_at_end_of_day('spells.data_apertura', 'spells.data_chiusura', 'figures.reference_date') }}
            )
        end as computed
    from figures
    inner join spells
        on (figures.service_code is null or figures.service_code = spells.service_code)
        and figures.municipality_code in (spells.municipality_code, {{ total_code('municipality_code') }})
        and spells.data_apertura <= figures.reference_date
    where figures.measure = 'minors_at_end'
    group by figures.figure_id, figures.reference_date

),

-- Unknown unless something was allotted in each of the years.
money as (

    select
        figures.figure_id,
        case when count(distinct resources.anno) = figures.last_year - figures.first_year + 1 then
            sum(resources.allotted)
        end as computed
    from figures
    inner join resources
        on resources.anno between figures.first_year and figures.last_year
        and figures.area in (resources.area, {{ total_code('area') }})
        and (
            figures.municipality_code = {{ total_code('municipality_code') }}
            or (figures.municipality_code = resources.municipality_code and not resources.is_shared)
        )
    where figures.measure = 'resources'
    group by figures.figure_id, figures.first_year, figures.last_year

),

computed_figures as (

    select * from minors
    union all
    select * from money

),

final as (

    select
        figures.*,
        computed_figures.computed::decimal(18, 2) as computed,
        (computed_figures.computed - figures.declared)::decimal(18, 2) as difference
    from figures
    left join computed_figures using (figure_id)

)

select * from final
