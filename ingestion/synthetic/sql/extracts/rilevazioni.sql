select
    sender,
    body_code as codice_ente,
    null as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    rilevazione,
    service_code as codice_servizio,
    starts_on as data_inizio,
    ends_on as data_fine,
    sent as questionari_distribuiti
from waves
