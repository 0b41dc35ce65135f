-- Which candidates come into care. Families are taken in random order until the number open on the day of the
-- published figure is reached in each municipality; candidates not open on that day are taken up to the same point,
-- so that what happens before and after the day keeps its proportion to it.
create table accepted as
with targets as (
    select service_code, municipality_code, cast(round(minors) as integer) as minors, on_date
    from sources
    where has_target
),

open_on_day as (
    select
        c.candidate,
        c.family_rank,
        t.service_code,
        t.municipality_code,
        t.minors,
        row_number() over (
            partition by t.service_code, t.municipality_code order by c.family_rank, c.candidate
        ) as place
    from candidate_spells as s
    inner join targets as t using (service_code, municipality_code)
    inner join candidates as c using (candidate)
    where s.opened_on <= t.on_date and s.closed_on > t.on_date
),

-- Only the family that crosses the line is cut.
cut as (
    select service_code, municipality_code, max(family_rank) as family_rank
    from open_on_day
    where place <= minors
    group by service_code, municipality_code
)

select c.*
from candidates as c
inner join cut using (service_code, municipality_code)
left join open_on_day as o using (candidate)
where case when o.candidate is not null then o.place <= o.minors else c.family_rank <= cut.family_rank end;

create table team_spells as
select
    s.candidate || '/' || s.spell_no || 't' as spell,
    s.* exclude (limit_on),
    a.family,
    a.born_on,
    a.continues,
    a.is_unaccompanied
from candidate_spells as s
inner join accepted as a using (candidate);

-- Other services take minors from the teams (or, for some, minors whom no team knows).
create table further_spells as
with from_teams as (
    select
        t.candidate,
        t.spell,
        t.family,
        t.municipality_code,
        t.born_on,
        t.adult_on,
        t.continues,
        t.is_unaccompanied,
        t.opened_on as team_opened_on,
        t.closed_on as team_closed_on,
        m.service_code,
        m.median_days,
        m.spread,
        case
            when m.service_code = 'penale_minorile'
                then greatest(
                    t.opened_on + 20, birthday(t.born_on, 14) + between_days(10, 900, u(t.spell, 'offence'))
                )
            else t.opened_on + cast(around(70, 0.9, t.family || t.spell_no, m.service_code || ' wait') as integer)
        end as opened_on
    from team_spells as t
    inner join service_model as m on m.candidate_share > 0
    where t.service_code = 'equipe_tutela'
    and case
        when t.is_unaccompanied and m.service_code = 'strutture' then u(t.spell, 'strutture') < 0.9
        -- Without a codice fiscale a minor known to two bodies would be two persons.
        when t.is_unaccompanied then false
        -- Foster care is for the long stories.
        when m.service_code = 'affidi' and t.closed_on - t.opened_on < 420 then false
        when m.service_code = 'affidi' and t.closed_on >= t.adult_on then u(t.spell, 'affidi') < 0.8
        when m.service_code = 'strutture' and t.opened_on > birthday(t.born_on, 11)
            then u(t.family, 'strutture') < m.candidate_share * 1.6
        else u(t.family, m.service_code) < m.candidate_share
    end
),

closing as (
    select
        * exclude (median_days, spread, opened_on),
        greatest(team_opened_on, on_weekday(opened_on)) as opened_on,
        on_weekday(least(
            opened_on + greatest(
                25, cast(around(median_days, spread, spell, service_code || ' stay') as integer)
            ),
            team_closed_on,
            -- Placements end by the 18th birthday unless there is a prosieguo; a few end late without one.
            case
                when service_code not in ('affidi', 'strutture') or continues then team_closed_on
                when u(candidate, 'late leaving') < case service_code when 'affidi' then 0.4 else 0.3 end
                    then adult_on + between_days(4, 30, u(candidate, 'late by'))
                else adult_on
            end
        )) as closed_on
    from from_teams
)

select
    spell || ':' || service_code as spell,
    * exclude (spell, team_opened_on, team_closed_on)
from closing
where opened_on + 20 < closed_on
union all by name
select
    s.candidate || '/' || s.spell_no || ':' || s.service_code as spell,
    s.candidate,
    c.family,
    s.municipality_code,
    c.born_on,
    s.adult_on,
    c.continues,
    c.is_unaccompanied,
    s.service_code,
    s.opened_on,
    s.closed_on
from candidate_spells as s
inner join candidates as c using (candidate)
where s.service_code in (select service_code from service_model where alone > 0);

-- The same choice, over the six municipalities together, where a total is published.
create table accepted_further as
with targets as (
    select service_code, minors, on_date
    from calibration
    where municipality_code is null
),

ranked as (
    select *, u(family, service_code || ' place') as place
    from further_spells
),

open_on_day as (
    select
        r.spell,
        r.service_code,
        r.place,
        t.minors,
        row_number() over (partition by r.service_code order by r.place, r.spell) as n
    from ranked as r
    inner join targets as t using (service_code)
    where r.opened_on <= t.on_date and r.closed_on > t.on_date
),

cut as (
    select service_code, max(place) as place
    from open_on_day
    where n <= minors
    group by service_code
)

select r.* exclude (place)
from ranked as r
left join targets as t using (service_code)
left join open_on_day as o using (spell)
left join cut on cut.service_code = r.service_code
where case
    when t.service_code is null then true
    when o.spell is not null then o.n <= o.minors
    else r.place <= cut.place
end;
