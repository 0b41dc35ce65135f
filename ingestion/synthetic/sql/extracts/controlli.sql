-- A check comes when it is made and again when its findings are closed.
with versions as (
    select *, unnest(deliveries_of([checked_on, closed_on])) as delivery
    from checks
)

select
    'ufficio_di_piano' as sender,
    getvariable('lead') as codice_ente,
    nullif(municipality_code, getvariable('lead')) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    numbered('CTR-' || year(checked_on) || '-', n, 4) as id_controllo,
    checked_on as data_controllo,
    service_code as codice_servizio,
    tipo,
    svolto_da,
    verified as prestazioni_verificate,
    conforming as prestazioni_conformi,
    gravity as gravita,
    action as azione_correttiva,
    case when closed_on <= delivery then closed_on end as data_chiusura
from versions
