-- The spells of care that the years asked for see, with the body that delivers each and their identifiers.
create table spells as
with everything as (
    select spell, candidate, family, municipality_code, service_code, born_on, adult_on, continues, is_unaccompanied,
        opened_on, closed_on, moved
    from team_spells
    union all by name
    select *, false as moved
    from accepted_further
),

-- The lead municipality delivers the associated services of all: its partner keeps those records.
placed as (
    select
        e.* exclude (closed_on),
        e.closed_on as ends_on,
        case when e.closed_on <= period_end() then e.closed_on end as closed_on,
        v.area = 'servizi_associati' as is_associated_service,
        case when v.area = 'servizi_associati' then getvariable('lead') else e.municipality_code end as body_code,
        case when v.area = 'servizi_associati' then 'partner' else m.slug end as sender,
        semester_end(e.opened_on) as first_delivery,
        e.closed_on >= e.adult_on - 3 as ended_by_age
    from everything as e
    inner join services as v using (service_code)
    inner join municipalities as m using (municipality_code)
    where e.closed_on >= period_start() and e.opened_on <= period_end()
)

select
    p.*,
    s.prefix,
    numbered(
        s.prefix || '-P', row_number() over (partition by s.prefix order by opened_on, family, spell), 5
    ) as id_presa_in_carico
from placed as p
inner join senders as s using (sender);

-- Each minor as each body knows him or her.
create table minors as
with known as (
    select
        candidate,
        body_code,
        family,
        min(born_on) as born_on,
        bool_or(is_unaccompanied) as is_unaccompanied,
        bool_or(service_code = 'penale_minorile') as in_criminal_case,
        min(first_delivery) as first_delivery,
        min(opened_on) as first_opened_on,
        -- The municipality's own office keeps the record where it knows the minor too.
        min_by(sender, (sender = 'partner', opened_on, spell)) as sender,
        min_by(municipality_code, (opened_on, spell)) as municipality_code
    from spells
    group by candidate, body_code, family
)

select
    k.*,
    numbered(
        s.prefix || '-M', row_number() over (partition by s.prefix order by first_delivery, family, candidate), 5
    ) as id_minore
from known as k
inner join senders as s using (sender);
