with contributions as (

    select * from {{ ref('fct_contribution_due') }}
    where is_mismatch or is_amount_mismatch

),

tariffs as (

    select * from {{ ref('fct_tariff') }}

),

-- Tariffs of the same service that may have been taken by mistake.
other_tariffs as (

    select
        contributions.* exclude (isee_iniziale, isee_finale, quota_minima, contribuzione_massima),
        tariffs.isee_iniziale,
        tariffs.isee_finale,
        tariffs.quota_minima,
        tariffs.contribuzione_massima,
        case
            when contributions.codice_ente = tariffs.codice_ente then 'tariffa_anno_precedente'
            else 'tariffa_altro_comune'
        end as mistake
    from contributions
    inner join tariffs
        on contributions.prestazione = tariffs.prestazione
        and contributions.year
        = tariffs.anno + case when contributions.codice_ente = tariffs.codice_ente then 1 else 0 end

),

supposed as (

    {% for mistake in contribution_mistakes() -%}
    select
        codice_ente, id_compartecipazione, is_mismatch, quota_unitaria,
        '{{ mistake.code }}' as mistake,
        {{ mistake.quota or contribution_quota_with(mistake.instead) }} as quota
    from contributions
    where {{ mistake.where }}
    union all
    {% endfor -%}
    select
        codice_ente, id_compartecipazione, is_mismatch, quota_unitaria, mistake,
        {{ contribution_quota_with({}) }} as quota
    from other_tariffs

),

explained as (

    select codice_ente, id_compartecipazione, mistake
    from supposed
    where is_mismatch and abs(quota_unitaria - quota) < 0.01
    union
    select codice_ente, id_compartecipazione, 'quota_scritta_male'
    from contributions
    where is_mismatch and is_amount_mismatch and not {{ contribution_differs('importo_dovuto', 'due_by_formula') }}
    union
    select codice_ente, id_compartecipazione, 'importo_diverso'
    from contributions
    where is_amount_mismatch and not is_mismatch

)

select * from explained
