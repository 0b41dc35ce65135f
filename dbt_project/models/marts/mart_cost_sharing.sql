with municipalities as (

    select * from {{ ref('dim_municipality') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

summed as (

    select * from {{ ref('int_cost_sharing') }}

),

labelled as (

    select
        summed.year,
        summed.municipality_code,
        summed.prestazione,
        municipalities.municipality_name,
        services.label as prestazione_name,
        make_date(summed.year, 12, 31) <= {{ as_of() }} as is_complete,
        summed.contributions,
        summed.obliged_persons,
        summed.payers,
        summed.isee_missing,
        units.label as unit_name,
        case when summed.unit is not null then summed.units end as units,
        summed.not_assessable,
        summed.due_by_formula,
        summed.charged,
        summed.charged_assessable,
        summed.charged_assessable - summed.due_by_formula as difference,
        summed.paid,
        summed.charged - summed.paid as unpaid,
        {{ rate('summed.paid', 'summed.charged') }} as collection_rate,
        summed.derogations,
        summed.waived,
        summed.mismatches,
        summed.mismatch_difference,
        summed.amount_mismatches
    from summed
    inner join municipalities using (municipality_code)
    inner join code_lists as services
        on services.code_list in ('prestazione', 'total_prestazione') and summed.prestazione = services.code
    left join code_lists as units on units.code_list = 'unita_tariffa' and summed.unit = units.code

)

select * from labelled
