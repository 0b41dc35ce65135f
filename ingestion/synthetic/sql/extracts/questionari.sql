select
    sender,
    body_code as codice_ente,
    null as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_risposta,
    rilevazione,
    service_code as codice_servizio,
    filled_on as data_compilazione,
    respondent as rispondente,
    question_code as codice_domanda,
    score as punteggio
from answers
