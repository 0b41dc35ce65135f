-- A complaint comes when it is received and again when it is answered.
with versions as (
    select *, unnest(deliveries_of([received_on, answered_on])) as delivery
    from complaints
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    numbered('REC-' || year(received_on) || '-', n, 4) as id_reclamo,
    received_on as data_ricezione,
    service_code as codice_servizio,
    canale,
    presentato_da,
    categoria,
    gravita,
    case when answered_on <= delivery then answered_on end as data_risposta,
    case when answered_on <= delivery then esito else 'in_corso' end as esito,
    case when answered_on <= delivery and esito in ('accolto', 'parzialmente_accolto') then action end
        as azione_miglioramento
from versions
