-- A proceeding comes again whenever its phase changes.
with versions as (
    select *, on_probation and trial_on < ends_on as has_probation, unnest(deliveries_of([
        opened_on,
        case when hearing_on < ends_on then hearing_on end,
        case when trial_on < ends_on then trial_on end,
        case when judged_on < ends_on then judged_on end,
        closed_on
    ])) as delivery
    from proceedings
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_procedimento,
    id_presa_in_carico,
    case
        when closed_on <= delivery then 'concluso'
        when not on_probation and judged_on <= delivery then 'esecuzione'
        when not on_probation and trial_on <= delivery then 'dibattimento'
        when hearing_on <= delivery then 'udienza_preliminare'
        else 'indagini'
    end as fase,
    has_probation and trial_on <= delivery as messa_alla_prova,
    case when has_probation and trial_on <= delivery then trial_on end as data_inizio_prova,
    case when has_probation and trial_on <= delivery then least(judged_on, ends_on) end as data_fine_prova,
    case
        when not has_probation or trial_on > delivery then null
        when least(judged_on, ends_on) > delivery then 'in_corso'
        when u(spell, 'probation ends') < 0.84 then 'reato_estinto'
        when u(spell, 'probation ends') < 0.92 then 'prosecuzione'
        else 'revocata'
    end as esito_prova
from versions
