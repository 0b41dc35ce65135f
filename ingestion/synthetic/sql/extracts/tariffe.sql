select
    slug as sender,
    municipality_code as codice_ente,
    null as comune_riferimento,
    make_date(anno, 6, 30) as data_estrazione,
    null as stato_record,
    anno,
    prestazione,
    unita,
    isee_iniziale,
    isee_finale,
    quota_minima,
    contribuzione_massima
from tariffs
