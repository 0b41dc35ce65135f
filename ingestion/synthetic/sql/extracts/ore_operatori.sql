select
    'partner' as sender,
    getvariable('lead') as codice_ente,
    nullif(team, getvariable('lead')) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_operatore,
    month as mese,
    service_code as codice_servizio,
    ore
from hours
