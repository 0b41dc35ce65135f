select
    'partner' as sender,
    getvariable('lead') as codice_ente,
    null as comune_riferimento,
    semester_end(held_on) as data_estrazione,
    null as stato_record,
    id_sessione,
    held_on as data_sessione,
    tipo,
    ore,
    people as partecipanti
from sessions
