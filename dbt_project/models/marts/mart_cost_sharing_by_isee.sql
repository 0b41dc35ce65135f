with contributions as (

    select * from {{ ref('fct_contribution_due') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

summed as (

    select
        year,
        {{ or_total('municipality_code') }},
        {{ or_total('prestazione') }},
        isee_band,
        {{ contribution_measures() }}
    from contributions
    group by year, isee_band, cube (municipality_code, prestazione)

),

labelled as (

    select
        summed.year,
        summed.municipality_code,
        summed.prestazione,
        summed.isee_band,
        municipalities.municipality_name,
        services.label as prestazione_name,
        bands.label as isee_band_name,
        bands.sort_order as isee_band_order,
        make_date(summed.year, 12, 31) <= {{ as_of() }} as is_complete,
        summed.contributions,
        summed.obliged_persons,
        summed.payers,
        summed.due_by_formula,
        summed.charged,
        summed.paid
    from summed
    inner join municipalities using (municipality_code)
    inner join code_lists as services
        on services.code_list in ('prestazione', 'total_prestazione') and summed.prestazione = services.code
    inner join code_lists as bands on bands.code_list = 'isee_band' and summed.isee_band = bands.code

)

select * from labelled
