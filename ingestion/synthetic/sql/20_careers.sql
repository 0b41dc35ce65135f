-- Candidate careers: a minor's successive spells with one team. Twice as many as needed are drawn, by families;
-- 21_intake.sql keeps as many as give the published numbers, so no spell is bent to meet them.
create table candidate_families as
with sizes as (
    select
        s.*,
        m.median_days,
        m.spread,
        period_end() - period_start() + 1 + getvariable('lookback') as span,
        cast(
            ceil(
                (2.2 * s.minors + 12 * least(1, s.minors))
                * (period_end() - period_start() + 1 + getvariable('lookback'))
                / (m.median_days * exp(m.spread * m.spread / 2)) * 1.3
            ) as bigint
        ) as n_families
    from sources as s
    inner join service_model as m using (service_code)
),

numbered_families as (
    select
        * exclude (n_families),
        numbered('f' || source_id || '.', n, 6) as family,
        growth() * span / 365.0 as g
    from sizes, lateral (select unnest(range(n_families)) as n)
),

dated as (
    select
        *,
        period_start() - getvariable('lookback')
        + cast(floor(ln(1 + u(family, 'opening') * (exp(g) - 1)) / g * span) as integer) as opened_on
    from numbered_families
)

select
    d.family,
    d.source_id,
    d.service_code,
    d.municipality_code,
    d.opened_on,
    d.median_days,
    d.spread,
    u(d.family, 'rank') as family_rank,
    d.service_code in ('equipe_tutela', 'strutture') and u(d.family, 'alone') < 0.06 as is_unaccompanied,
    case
        when d.service_code = 'penale_minorile' or u(d.family, 'alone') < 0.06 then 1
        when u(d.family, 'size') < 0.62 then 1
        when u(d.family, 'size') < 0.9 then 2
        else 3
    end as family_size
from dated as d
inner join calendar as c on c.day = d.opened_on
where u(d.family, 'season') < c.weight;

create table candidates as
with members as (
    select *, cast(unnest(range(family_size)) as integer) as member
    from candidate_families
),

aged as (
    select
        *,
        family || '.' || member as candidate,
        opened_on - cast(
            365.25 * case
                when is_unaccompanied then 15.3 + 2.3 * u(family, 'age')
                when service_code = 'penale_minorile' then 14.1 + 3.7 * sqrt(u(family, 'age'))
                when service_code = 'strutture' then 2 + 15 * pow(u(family, 'age'), 0.6)
                else 0.1 + 17.1 * pow(u(family, 'age'), 0.8)
            end as integer
        ) as first_born_on
    from members
),

born as (
    select
        * exclude (first_born_on),
        case
            when member = 0 then first_born_on
            when first_born_on + member * between_days(400, 1500, u(family, 'gap')) < opened_on - 60
                then first_born_on + member * between_days(400, 1500, u(family, 'gap'))
            else first_born_on - member * between_days(400, 1500, u(family, 'gap'))
        end as born_on
    from aged
),

-- A spell ends around the 18th birthday, unless care goes on by decree (prosieguo); criminal cases go further.
limits as (
    select
        *,
        birthday(born_on, 18) as adult_on,
        u(candidate, 'prosieguo') < 0.2 as continues,
        case
            when service_code = 'penale_minorile' then birthday(born_on, 21)
            when u(candidate, 'prosieguo') < 0.2
                then birthday(born_on, 18) + between_days(120, 900, u(candidate, 'beyond'))
            else birthday(born_on, 18) + between_days(0, 35, u(candidate, 'beyond'))
        end as limit_on
    from born
),

first_spell as (
    select
        *,
        least(
            opened_on + greatest(
                20,
                cast(
                    median_days * exp(spread * (0.8 * z(family, 'stay') + 0.6 * z(candidate, 'stay'))) as integer
                )
            ),
            limit_on
        ) as closed_on
    from limits
    where opened_on + 90 < adult_on
)

select *
from first_spell;

-- Up to three spells per candidate: some come back, a third of them after moving to another municipality.
create table candidate_spells as
with first_spell as (
    select
        candidate,
        1 as spell_no,
        municipality_code,
        opened_on,
        closed_on,
        limit_on,
        adult_on,
        service_code,
        false as moved
    from candidates
),

second_spell as (
    select
        f.candidate,
        2 as spell_no,
        coalesce(m.municipality_code, f.municipality_code) as municipality_code,
        on_weekday(
            f.closed_on + 8 + case
                when m.municipality_code is null then cast(around(150, 0.9, f.candidate, 'return') as integer)
                else between_days(0, 50, u(f.candidate, 'return'))
            end
        ) as opened_on,
        f.limit_on,
        f.adult_on,
        f.service_code,
        m.municipality_code is not null as moved
    from first_spell as f
    left join (
        select
            municipality_code,
            row_number() over (order by municipality_code) as n,
            count(*) over () as of_all
        from municipalities
        where is_associated
    ) as m
        on f.service_code = 'equipe_tutela'
        and u(f.candidate, 'moves') < 0.3
        and m.n = between_days(1, cast(m.of_all as integer), u(f.candidate, 'where'))
        and m.municipality_code <> f.municipality_code
    where f.closed_on < f.adult_on and u(f.candidate, 'returns') < 0.17
),

second_closed as (
    select
        *,
        least(
            opened_on + greatest(20, cast(around(400, 0.7, candidate, 'second stay') as integer)), limit_on
        ) as closed_on
    from second_spell
    where opened_on + 60 < adult_on
),

third_spell as (
    select
        * exclude (closed_on, opened_on, spell_no, moved),
        3 as spell_no,
        false as moved,
        on_weekday(closed_on + 8 + cast(around(180, 0.8, candidate, 'third') as integer)) as opened_on
    from second_closed
    where closed_on < adult_on and u(candidate, 'returns again') < 0.15
),

third_closed as (
    select
        *,
        least(
            opened_on + greatest(20, cast(around(300, 0.7, candidate, 'third stay') as integer)), limit_on
        ) as closed_on
    from third_spell
    where opened_on + 60 < adult_on
)

select * replace (greatest(opened_on, on_weekday(closed_on)) as closed_on)
from (
    from first_spell
    union all by name
    from second_closed
    union all by name
    from third_closed
)
where opened_on <= period_end();
