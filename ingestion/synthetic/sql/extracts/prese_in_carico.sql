-- A spell comes when it opens and again when it closes; the assessment may come with the closing only.
with versions as (
    select *, unnest(deliveries_of([opened_on, closed_on])) as delivery
    from spells
),

posts_of as (
    select service_code, team, profile, max(n_posts) as n_posts
    from posts
    group by all
),

held as (
    select
        v.*,
        m.id_minore,
        usual_profile(v.service_code, 'assistente_sociale') as profile,
        case
            when v.is_associated_service then v.service_code
            when t.is_associated then 'equipe_tutela'
            else 'adm'
        end as post_service,
        case when v.is_associated_service then null else v.municipality_code end as team
    from versions as v
    inner join minors as m using (candidate, body_code)
    inner join municipalities as t on t.municipality_code = v.municipality_code
)

select
    h.sender,
    h.body_code as codice_ente,
    nullif(h.municipality_code, h.body_code) as comune_riferimento,
    h.delivery as data_estrazione,
    null as stato_record,
    h.id_presa_in_carico,
    h.id_minore,
    h.service_code as codice_servizio,
    case
        when u(h.spell, 'referral known') >= 0.04
            then greatest(
                h.born_on,
                h.opened_on - cast(around(22, 1.0, h.family, h.service_code || ' referral') as integer)
            )
    end as data_segnalazione,
    case
        when u(h.spell, 'source known') < 0.06 then null
        when h.service_code = 'penale_minorile' then pick(['1', '1', '1', '11', '5'], u(h.spell, 'source'))
        when h.service_code in ('gestione_conflitto', 'spazio_neutro')
            then pick(['10', '10', '11', '2'], u(h.spell, 'source'))
        when h.is_unaccompanied then pick(['5', '5', '2'], u(h.spell, 'source'))
        when h.service_code <> 'equipe_tutela' then pick(['2', '2', '2', '11', '8', '13'], u(h.spell, 'source'))
        else pick(
            ['11', '11', '11', '10', '10', '13', '13', '13', '5', '3', '2', '8', '8', '9', '14', '4'],
            u(h.family, 'source')
        )
    end as fonte_segnalazione,
    h.opened_on as data_apertura,
    case when h.closed_on <= h.delivery then h.closed_on end as data_chiusura,
    case
        when h.closed_on is null or h.closed_on > h.delivery then null
        when h.ended_by_age then '3'
        when h.is_unaccompanied then pick(['7', '7', '6', '2', '4'], u(h.spell, 'reason'))
        else pick(['4', '4', '4', '4', '4', '1', '1', '2', '5', '5', '9'], u(h.spell, 'reason'))
    end as motivo_chiusura,
    case
        when h.closed_on is null or h.closed_on > h.delivery or u(h.spell, 'after known') < 0.12 then null
        when h.is_unaccompanied then pick(['2', '8'], u(h.spell, 'after'))
        when h.service_code = 'affidi' and h.ended_by_age then pick(['3', '2', '1'], u(h.spell, 'after'))
        when h.service_code = 'strutture' and h.ended_by_age then pick(['4', '2', '1'], u(h.spell, 'after'))
        else pick(['1', '1', '1', '1', '1', '1', '1', '2', '6', '8'], u(h.spell, 'after'))
    end as situazione_chiusura,
    case
        when u(h.spell, 'assessed') < 0.1 then null
        when h.service_code = 'penale_minorile' then pick(['10', '10', '8', '2', '3'], u(h.spell, 'assessment'))
        when h.is_unaccompanied then '12'
        else pick(
            ['2', '2', '2', '2', '1', '1', '7', '7', '9', '13', '5', '4', '6', '3'], u(h.candidate, 'assessment')
        )
    end as valutazione_minore,
    case
        when u(h.spell, 'family assessed') < 0.14 or h.is_unaccompanied then null
        when h.service_code in ('gestione_conflitto', 'spazio_neutro')
            then pick(['6', '6', '6', '2', '7'], u(h.family, 'family assessment'))
        else pick(
            ['2', '2', '2', '2', '6', '6', '6', '3', '4', '7', '9', '12', '12', '13', '1'],
            u(h.family, 'family assessment')
        )
    end as valutazione_famiglia,
    h.service_code = 'equipe_tutela' and u(h.family, 'pippi') < 0.11 as programma_pippi,
    o.id_operatore
from held as h
left join posts_of as p
    on p.service_code = h.post_service and p.team is not distinct from h.team and p.profile = h.profile
left join operators as o
    on o.post = concat_ws(
        ':', h.post_service, h.team, h.profile, between_days(1, p.n_posts, u(h.spell, h.profile))
    )
    and least(h.ends_on, h.delivery) between o.starts_on and coalesce(o.ends_on, period_end())
