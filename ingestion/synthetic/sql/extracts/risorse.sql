select
    coalesce(m.slug, 'ufficio_di_piano') as sender,
    r.body_code as codice_ente,
    null as comune_riferimento,
    make_date(r.anno, 6, 30) as data_estrazione,
    null as stato_record,
    r.anno,
    r.area,
    r.importo
from resources as r
left join municipalities as m on m.municipality_code = r.team
