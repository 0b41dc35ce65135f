-- A minor comes with the first spell and again whenever a spell of his or hers opens or closes.
with changes as (
    select candidate, body_code, unnest(deliveries_of([opened_on, closed_on])) as delivery
    from spells
),

versions as (
    select distinct m.*, c.delivery
    from minors as m
    inner join changes as c using (candidate, body_code)
),

homes as (
    select
        v.candidate,
        v.body_code,
        v.delivery,
        min_by(case p.service_code when 'affidi' then '3' else '4' end, (p.starts_on, p.placement)) as luogo
    from versions as v
    inner join placements as p
        on p.candidate = v.candidate
        and p.starts_on <= v.delivery
        and p.leaves_on > v.delivery
        and (p.service_code = 'affidi' or p.tipo_struttura = 'residenziale')
    group by v.candidate, v.body_code, v.delivery
),

aged as (
    select
        v.*,
        h.luogo,
        age_on(v.born_on, v.delivery) as age,
        p.codice_fiscale,
        p.sesso,
        p.cittadinanza,
        -- Who moves is known at each office with the residence of that time.
        case when p.comune_residenza = p.municipality_code then v.municipality_code else p.comune_residenza end
            as comune_residenza,
        p.condizione_minore,
        p.disabilita,
        p.composizione_famiglia
    from versions as v
    inner join persons as p using (candidate)
    left join homes as h using (candidate, body_code, delivery)
)

select
    sender,
    body_code as codice_ente,
    nullif(municipality_code, body_code) as comune_riferimento,
    delivery as data_estrazione,
    null as stato_record,
    id_minore,
    codice_fiscale,
    born_on as data_nascita,
    sesso,
    cittadinanza,
    comune_residenza,
    is_unaccompanied as minore_straniero_non_accompagnato,
    condizione_minore,
    case
        when luogo is not null then luogo
        when u(candidate, 'home known') < 0.05 then null
        when is_unaccompanied then '7'
        when u(candidate, 'home') < 0.06 then '2'
        else '1'
    end as luogo_vita,
    case
        when u(candidate, 'school known') < 0.06 then null
        when age < 3 then case when u(candidate, 'school') < 0.45 then '3' else '1' end
        when age < 6 then '4'
        when age < 11 then '5'
        when age < 14 then '6'
        when age < 18 then pick(['7', '7', '7', '7', '7', '7', '8', '8', '1'], u(candidate, 'school'))
        else '1'
    end as scuola_frequentata,
    case
        when u(candidate, 'work known') < 0.1 then null
        when age < 16 then '1'
        else pick(['1', '1', '1', '1', '1', '4', '4', '2', '3'], u(candidate, 'work'))
    end as condizione_lavoro,
    disabilita,
    composizione_famiglia
from aged
