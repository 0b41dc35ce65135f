select
    p.sender,
    p.body_code as codice_ente,
    nullif(p.municipality_code, p.body_code) as comune_riferimento,
    p.delivery as data_estrazione,
    null as stato_record,
    p.id_provvedimento,
    m.id_minore,
    p.authority as autorita,
    p.tipo,
    p.potesta_tutela,
    p.dated_on as data_provvedimento,
    p.valid_until as data_fine_validita
from measures as p
inner join minors as m using (candidate, body_code)
where p.delivery <= period_end()
