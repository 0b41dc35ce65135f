-- A project comes again when it is signed late and when it is reviewed.
with versions as (
    select *, unnest(deliveries_of([
        made_on, signed_on, case when reviewed_on < ends_on then reviewed_on end
    ])) as delivery
    from projects
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_progetto,
    id_presa_in_carico,
    kind as tipo,
    made_on as data_progetto,
    case when signed_on <= delivery then signed_on end as data_firma,
    starts_on as data_inizio,
    planned_end_on as data_fine_prevista,
    frequency as frequenza_settimanale,
    cost as costo_presunto,
    case when reviewed_on <= delivery and reviewed_on < ends_on then reviewed_on end as data_verifica
from versions
