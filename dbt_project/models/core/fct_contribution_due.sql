with contributions as (

    select * from {{ ref('fct_contribution') }}
    where spell_id is not null

),

tariffs as (

    select * from {{ ref('fct_tariff') }}

),

with_tariff as (

    select
        contributions.*,
        year(contributions.mese)::integer as year,
        concat_ws(' ', contributions.minor_id, contributions.obbligato) as obliged_person,
        {{ isee_band('contributions.isee') }} as isee_band,
        tariffs.unita,
        tariffs.isee_iniziale,
        tariffs.isee_finale,
        tariffs.quota_minima,
        tariffs.contribuzione_massima
    from contributions
    left join tariffs
        on contributions.codice_ente = tariffs.codice_ente
        and year(contributions.mese) = tariffs.anno
        and contributions.prestazione = tariffs.prestazione

),

by_formula as (

    select
        *,
        {{ contribution_quota(*contribution_parameters()) }} as quota_by_formula
    from with_tariff

),

compared as (

    select
        *,
        {{ contribution_due('quota_by_formula', 'quantita') }} as due_by_formula,
        quota_unitaria - quota_by_formula as quota_difference,
        importo_dovuto - due_by_formula as due_difference,
        quota_by_formula is not null as is_assessable,
        coalesce(
            not deroga and {{ contribution_differs('quota_unitaria', 'quota_by_formula') }}, false
        ) as is_mismatch,
        not deroga and {{ contribution_differs(
            'importo_dovuto', contribution_due('quota_unitaria', 'quantita')
        ) }} as is_amount_mismatch
    from by_formula

)

select * from compared
