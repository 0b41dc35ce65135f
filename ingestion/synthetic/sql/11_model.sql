-- The assumptions of the generator: what the source documents do not say. Whatever they do say comes from the seeds.
-- median_days, spread: length of a spell (lognormal). acts_per_month: for a case of usual weight.
-- candidate_share: how many of a team's minors may go on to the service; the published figure picks among them.
-- alone: share of the minors of an associated service whom no team knows.
-- minors_per_1000: residents in care where there is no joint team, and so no published figure.
create table service_model as
from (
    values
    ('equipe_tutela', 600, 0.75, 3.3, 0.0, 0.0, 0.0),
    ('penale_minorile', 390, 0.50, 3.4, 0.9, 0.6, 0.0),
    ('gestione_conflitto', 330, 0.50, 3.0, 0.5, 0.4, 0.0),
    ('spazio_neutro', 360, 0.60, 4.6, 0.5, 0.0, 0.0),
    ('affidi', 700, 0.60, 2.6, 0.35, 0.0, 0.0),
    ('adm', 300, 0.55, 6.6, 0.38, 0.0, 5.0),
    ('strutture', 400, 0.65, 2.2, 0.14, 0.0, 2.2)
) as model (
    service_code, median_days, spread, acts_per_month, candidate_share, alone, minors_per_1000
);

-- Yearly growth of the number of openings.
create macro growth() as 0.05;

-- What the published figures say, brought to this scale. Where the years asked for do not hold the day of a figure,
-- the level is met halfway through them.
create table calibration as
select
    service_code,
    municipality_code,
    case
        when reference_date between period_start() and period_end() then reference_date
        else halfway()
    end as on_date,
    cast(round(declared * scale()) as integer) as minors
from published_minors;

-- Where minors come into care from: one row per municipality and service with its own intake. has_target: the number
-- on the day is met in each municipality, not over all of them together.
create table sources as
with weights as (
    select
        *,
        residents / sum(residents) over (partition by is_associated) as share
    from municipalities
),

team as (
    select municipality_code, service_code, minors, on_date, true as has_target
    from calibration
    where municipality_code is not null
),

alone as (
    select w.municipality_code, c.service_code, c.minors * m.alone * w.share as minors, c.on_date,
        false as has_target
    from calibration as c
    inner join service_model as m on c.service_code = m.service_code and m.alone > 0
    inner join weights as w on w.is_associated
    where c.municipality_code is null
),

elsewhere as (
    select
        w.municipality_code,
        m.service_code,
        w.residents * m.minors_per_1000 / 1000 * scale() as minors,
        halfway() as on_date,
        true as has_target
    from weights as w
    inner join service_model as m on m.minors_per_1000 > 0
    where not w.is_associated
)

select *, row_number() over (order by service_code, municipality_code) as source_id
from (
    from team
    union all by name
    from alone
    union all by name
    from elsewhere
);

-- Resources of the co-design, in the proportion of the caseload; a year without a published amount takes the nearest's.
-- team: null for what belongs to all.
create table resources as
with years as (
    select year
    from range(year(period_start()), year(period_end()) + 1) as years(year)
),

nearest as (
    select
        y.year,
        p.area,
        p.municipality_code,
        arg_min(p.euro, (abs(p.year - y.year), p.year)) as euro
    from years as y, published_resources as p
    group by all
)

select
    year as anno,
    area,
    municipality_code as team,
    coalesce(municipality_code, getvariable('lead')) as body_code,
    cast(euro * scale() as decimal(14, 2)) as importo
from nearest;

create table wages as
from (
    values
    ('assistente_sociale', 23), ('psicologo_psicoterapeuta', 27), ('educatore', 21), ('coordinatore', 30),
    ('legale', 55), ('amministrativo', 20)
) as wages (profile, euro_per_hour);
