-- Acts of service: drawn over the days of each spell, kept by the weight of the day and by how old the spell is.
create macro busy_start() as 1.5;

create table act_mix as
with mix as (
    from (
        values
        ('equipe_tutela', 'colloquio', 30), ('equipe_tutela', 'visita_domiciliare', 12),
        ('equipe_tutela', 'indagine_sociale', 8), ('equipe_tutela', 'indagine_psicologica', 6),
        ('equipe_tutela', 'valutazione_psicodiagnostica', 4), ('equipe_tutela', 'psicoterapia', 5),
        ('equipe_tutela', 'relazione_autorita_giudiziaria', 8), ('equipe_tutela', 'udienza', 2),
        ('equipe_tutela', 'incontro_rete', 10), ('equipe_tutela', 'equipe', 10),
        ('equipe_tutela', 'consulenza_legale', 3), ('equipe_tutela', 'altro', 2),
        ('penale_minorile', 'colloquio', 48), ('penale_minorile', 'udienza', 10),
        ('penale_minorile', 'relazione_autorita_giudiziaria', 14), ('penale_minorile', 'incontro_rete', 14),
        ('penale_minorile', 'indagine_sociale', 8), ('penale_minorile', 'indagine_psicologica', 6),
        ('gestione_conflitto', 'mediazione', 45), ('gestione_conflitto', 'colloquio', 40),
        ('gestione_conflitto', 'relazione_autorita_giudiziaria', 10), ('gestione_conflitto', 'incontro_rete', 5),
        ('spazio_neutro', 'incontro_protetto', 72), ('spazio_neutro', 'colloquio', 16),
        ('spazio_neutro', 'relazione_autorita_giudiziaria', 6), ('spazio_neutro', 'equipe', 6),
        ('affidi', 'colloquio', 45), ('affidi', 'visita_domiciliare', 25), ('affidi', 'incontro_rete', 15),
        ('affidi', 'equipe', 10), ('affidi', 'relazione_autorita_giudiziaria', 5),
        ('adm', 'accesso_adm', 80), ('adm', 'accompagnamento_educativo', 8), ('adm', 'colloquio', 7),
        ('adm', 'equipe', 5),
        ('strutture', 'colloquio', 32), ('strutture', 'incontro_rete', 30), ('strutture', 'equipe', 16),
        ('strutture', 'relazione_autorita_giudiziaria', 14), ('strutture', 'accompagnamento_educativo', 8)
    ) as mix (service_code, act, percent)
)

select service_code, act, row_number() over (partition by service_code order by act, n) - 1 as slot
from mix, lateral (select unnest(range(percent)) as n);

-- minutes: usual length and its spread; profile: who does it; sector: where it usually belongs.
create table act_kinds as
from (
    values
    ('colloquio', 60, 15, 'assistente_sociale', 0.86, 'relazione_tutela'),
    ('visita_domiciliare', 90, 25, 'assistente_sociale', 0.88, 'individuazione_bisogno'),
    ('indagine_sociale', 90, 30, 'assistente_sociale', 0.95, 'individuazione_bisogno'),
    ('indagine_psicologica', 75, 20, 'psicologo_psicoterapeuta', 0.9, 'individuazione_bisogno'),
    ('valutazione_psicodiagnostica', 75, 20, 'psicologo_psicoterapeuta', 0.88, 'individuazione_bisogno'),
    ('psicoterapia', 60, 5, 'psicologo_psicoterapeuta', 0.82, 'progetto_individuale'),
    ('relazione_autorita_giudiziaria', 150, 60, 'assistente_sociale', 0.995, 'relazione_tutela'),
    ('udienza', 120, 45, 'assistente_sociale', 0.9, 'relazione_tutela'),
    ('incontro_protetto', 105, 20, 'educatore', 0.8, 'relazione_tutela'),
    ('accesso_adm', 120, 20, 'educatore', 0.87, 'progetto_individuale'),
    ('incontro_rete', 90, 20, 'assistente_sociale', 0.95, 'progetto_individuale'),
    ('equipe', 60, 15, 'assistente_sociale', 0.98, 'progetto_individuale'),
    ('consulenza_legale', 45, 15, 'legale', 0.98, 'relazione_tutela'),
    ('mediazione', 90, 10, 'psicologo_psicoterapeuta', 0.8, 'relazione_tutela'),
    ('accompagnamento_educativo', 120, 30, 'educatore', 0.9, 'accompagnamento_autonomia'),
    ('altro', 45, 20, 'assistente_sociale', 0.93, 'aggancio_precoce')
) as kinds (act, minutes, minutes_spread, profile, delivered_share, sector);

create table acts as
with stretches as (
    select
        s.spell,
        s.id_presa_in_carico,
        s.service_code,
        s.municipality_code,
        s.body_code,
        s.sender,
        s.is_associated_service,
        s.opened_on,
        greatest(s.opened_on, period_start()) as starts_on,
        least(s.ends_on, period_end()) - greatest(s.opened_on, period_start()) + 1 as days,
        -- Cases differ in how much work they are; about half of the draws fall on a day that keeps them.
        m.acts_per_month * (0.5 + u(s.spell, 'intensity')) / 30.4 / 0.65 * busy_start() as acts_per_day
    from spells as s
    inner join service_model as m using (service_code)
),

drawn as (
    select *, unnest(range(cast(floor(days * acts_per_day + u(spell, 'acts')) as bigint))) as n
    from stretches
),

dated as (
    select
        * exclude (acts_per_day, days, starts_on),
        starts_on + cast(floor(days * u(spell, n, 'day')) as integer) as done_on
    from drawn
),

kept as (
    select d.*
    from dated as d
    inner join calendar as c on c.day = d.done_on
    where u(d.spell, d.n, 'season')
        < c.weight / case when d.done_on - d.opened_on < 100 then 1 else busy_start() end
),

-- Meetings and home visits start once the project is signed: before, people are seen in the office.
typed as (
    select
        k.* exclude (opened_on),
        case
            when m.act = 'incontro_protetto' and k.done_on < k.opened_on + 21 then 'colloquio'
            when m.act = 'accesso_adm' and k.done_on < k.opened_on + 14 then 'colloquio'
            else m.act
        end as act
    from kept as k
    inner join act_mix as m
        on m.service_code = k.service_code and m.slot = cast(floor(u(k.spell, k.n, 'act') * 100) as bigint)
),

detailed as (
    select
        t.*,
        usual_profile(t.service_code, a.profile) as profile,
        a.sector,
        u(t.spell, t.n, 'outcome') as outcome,
        a.delivered_share,
        case
            when t.act = 'incontro_protetto' and u(t.spell, t.n, 'too long') < 0.03
                then 155 + 5 * between_days(0, 7, u(t.spell, t.n, 'minutes'))
            else greatest(15, least(
                case when t.act = 'incontro_protetto' then 150 else 480 end,
                5 * cast(round((a.minutes + a.minutes_spread * z(t.spell || '/' || t.n, 'minutes')) / 5) as integer)
            ))
        end as durata_minuti
    from typed as t
    inner join act_kinds as a using (act)
),

-- The post that does the act: one for the whole spell, in the team that has the profile.
assigned as (
    select
        d.*,
        case
            when d.profile = 'legale' then 'consulenza_legale'
            when d.is_associated_service then d.service_code
            when d.profile = 'educatore' then 'adm'
            when m.is_associated then 'equipe_tutela'
            else 'adm'
        end as post_service,
        case when d.profile = 'legale' or d.is_associated_service then null else d.municipality_code end as team
    from detailed as d
    inner join municipalities as m using (municipality_code)
),

n_posts as (
    select distinct service_code as post_service, team, profile, n_posts
    from posts
)

select
    a.spell,
    a.n,
    a.id_presa_in_carico,
    a.id_presa_in_carico || '/' || (a.n + 1) as id_intervento,
    a.service_code,
    a.municipality_code,
    a.body_code,
    a.sender,
    a.is_associated_service,
    a.act,
    case when u(a.spell, a.n, 'sector') < 0.15 then null
        when u(a.spell, a.n, 'sector') < 0.3 then 'emergenza_progetto'
        when u(a.spell, a.n, 'sector') < 0.36 then 'preventivo'
        when u(a.spell, a.n, 'sector') < 0.4 then 'autonomia'
        else a.sector
    end as sector,
    a.done_on,
    a.durata_minuti,
    case
        when a.outcome < a.delivered_share then 'svolto'
        when a.outcome < a.delivered_share + (1 - a.delivered_share) * 0.38 then 'annullato_utente'
        when a.outcome < a.delivered_share + (1 - a.delivered_share) * 0.58 then 'annullato_servizio'
        when a.outcome < a.delivered_share + (1 - a.delivered_share) * 0.93 then 'assente'
        else 'interrotto'
    end as esito,
    -- A few acts of the last days are entered after the delivery; a few are entered by mistake and withdrawn.
    semester_end(a.done_on + case when u(a.spell, a.n, 'late entry') < 0.02 then 10 else 0 end) as delivery,
    u(a.spell, a.n, 'mistake') < 0.001 as is_withdrawn,
    o.id_operatore
from assigned as a
left join n_posts as p
    on p.post_service = a.post_service and p.team is not distinct from a.team and p.profile = a.profile
left join operators as o
    on o.post = concat_ws(
        ':', a.post_service, a.team, a.profile, between_days(1, p.n_posts, u(a.spell, a.profile))
    )
    and a.done_on between o.starts_on and coalesce(o.ends_on, period_end());
