-- A report comes when it is planned and again when it is sent.
with versions as (
    select *, unnest(deliveries_of([made_on, sent_on])) as delivery
    from reports
)

select
    r.sender,
    r.body_code as codice_ente,
    nullif(r.municipality_code, r.body_code) as comune_riferimento,
    r.delivery as data_estrazione,
    null as stato_record,
    r.id_relazione,
    m.id_minore,
    case when u(r.measure, r.n, 'measure cited') < 0.03 then null else r.id_provvedimento end as id_provvedimento,
    r.due_on as data_scadenza,
    case when r.sent_on <= r.delivery then r.sent_on end as data_invio
from versions as r
inner join minors as m using (candidate, body_code)
