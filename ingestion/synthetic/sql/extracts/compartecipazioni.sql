-- A month's contribution comes with its semester, and again when it is paid late.
with versions as (
    select *, delivery as sent_on, case when pays_late then 0 else amount_paid end as paid
    from contributions
    union all by name
    select *, semester_end(delivery + 1) as sent_on, amount_paid as paid
    from contributions
    where pays_late
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    sent_on as data_estrazione,
    null as stato_record,
    id_compartecipazione,
    id_presa_in_carico,
    prestazione,
    month as mese,
    obbligato,
    isee,
    child_order as ordine_figlio,
    quantity as quantita,
    quota as quota_unitaria,
    amount_due as importo_dovuto,
    cast(paid as decimal(12, 2)) as importo_versato,
    deroga
from versions
where sent_on <= period_end()
