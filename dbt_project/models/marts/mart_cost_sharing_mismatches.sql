with contributions as (

    select * from {{ ref('fct_contribution_due') }}
    where is_mismatch or is_amount_mismatch

),

explanations as (

    select * from {{ ref('int_contribution_explanation') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

code_lists as (

    select * from {{ ref('code_lists') }}

),

-- The first explanation in the order of the list, and the others that would do as well.
told as (

    select
        explanations.codice_ente,
        explanations.id_compartecipazione,
        list(explanations.mistake order by code_lists.sort_order) as codes,
        list(code_lists.label order by code_lists.sort_order) as labels
    from explanations
    inner join code_lists
        on code_lists.code_list = 'cost_sharing_mistake' and explanations.mistake = code_lists.code
    group by 1, 2

),

labelled as (

    select
        contributions.codice_ente,
        contributions.id_compartecipazione as record_id,
        contributions.year,
        contributions.mese as month,
        contributions.municipality_code,
        contributions.prestazione,
        municipalities.municipality_name,
        services.label as prestazione_name,
        obliged.label as obbligato_name,
        contributions.ordine_figlio as child_order,
        contributions.isee is null as is_isee_missing,
        contributions.quantita as units,
        contributions.quota_unitaria as charged_quota,
        contributions.quota_by_formula,
        contributions.quota_difference,
        contributions.importo_dovuto as charged,
        contributions.due_by_formula,
        contributions.due_difference as difference,
        contributions.is_mismatch,
        contributions.is_amount_mismatch,
        coalesce(told.codes[1], unexplained.code) as explanation,
        coalesce(told.labels[1], unexplained.label) as explanation_name,
        nullif(array_to_string(told.labels[2:], '; '), '') as other_explanations
    from contributions
    left join told using (codice_ente, id_compartecipazione)
    inner join municipalities using (municipality_code)
    inner join code_lists as services
        on services.code_list = 'prestazione' and contributions.prestazione = services.code
    inner join code_lists as obliged on obliged.code_list = 'obbligato' and contributions.obbligato = obliged.code
    inner join code_lists as unexplained
        on unexplained.code_list = 'cost_sharing_mistake' and unexplained.code = 'non_spiegato'

)

select * from labelled
