-- Acts never change, but a few are withdrawn in the delivery after.
with versions as (
    select *, delivery as sent_on, null as state
    from acts
    union all by name
    select *, semester_end(delivery + 1) as sent_on, 'annullato' as state
    from acts
    where is_withdrawn
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    sent_on as data_estrazione,
    state as stato_record,
    id_intervento,
    id_presa_in_carico,
    act as tipo,
    sector as settore,
    done_on as data_intervento,
    durata_minuti,
    id_operatore,
    esito
from versions
where sent_on <= period_end()
