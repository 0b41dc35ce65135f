-- A placement comes when it starts, when its project is written and when it ends.
with versions as (
    select *, unnest(deliveries_of([
        starts_on, data_progetto, left_on, case when has_continuation then adult_on end
    ])) as delivery
    from inserimenti_rows
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_inserimento,
    id_presa_in_carico,
    id_struttura,
    tipo_struttura,
    carattere,
    titolo,
    con_genitore,
    starts_on as data_inizio,
    case when left_on <= delivery then left_on end as data_fine,
    case when data_progetto <= delivery then data_progetto end as data_progetto_personalizzato,
    permitted as autorizzazione_struttura,
    has_continuation and adult_on <= delivery as prosieguo_amministrativo,
    retta as retta_giornaliera,
    case when left_on <= delivery then esito end as esito
from versions
