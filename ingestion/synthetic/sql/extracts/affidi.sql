-- A placement comes when it starts, when the judge ratifies it and when it ends.
with versions as (
    select *, unnest(deliveries_of([starts_on, data_patto, data_ratifica, left_on])) as delivery
    from affidi_rows
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_affido,
    id_presa_in_carico,
    forma,
    collocazione,
    intensita,
    id_famiglia_affidataria,
    starts_on as data_inizio,
    case when left_on <= delivery then left_on end as data_fine,
    case when data_patto <= delivery then data_patto end as data_patto,
    case when data_ratifica <= delivery then data_ratifica end as data_ratifica_giudice_tutelare,
    insured as copertura_assicurativa,
    has_continuation and adult_on <= delivery as prosieguo_amministrativo,
    contributo_mensile,
    case when left_on <= delivery then esito end as esito
from versions
where delivery >= semester_end(greatest(starts_on, opened_on))
