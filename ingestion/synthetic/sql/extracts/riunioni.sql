-- A meeting comes when it is held and again when its minutes are approved in a later semester.
with versions as (
    select *, unnest(deliveries_of([held_on, approved_on])) as delivery
    from meetings
)

select
    'ufficio_di_piano' as sender,
    getvariable('lead') as codice_ente,
    null as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_riunione,
    livello,
    held_on as data_riunione,
    minutes as durata_minuti,
    people as partecipanti,
    cases_examined as casi_esaminati,
    decisions as decisioni,
    case when approved_on <= delivery then cast(floor(decisions * done_share) as integer) end as decisioni_attuate,
    case when approved_on <= delivery then approved_on end as verbale_approvato_il
from versions
