-- Where a service has no social worker, another profile does that work.
create macro usual_profile(service_code, profile) as case service_code
    when 'gestione_conflitto' then 'psicologo_psicoterapeuta'
    when 'spazio_neutro' then 'educatore'
    else profile
end;

-- Posts, and who holds each in turn. One post per so many minors in care halfway through the years.
-- team: the municipality whose team the post belongs to; null for the associated services.
create table posts as
with staffing as (
    from (
        values
        ('equipe_tutela', 'assistente_sociale', 32, 20, 36),
        ('equipe_tutela', 'psicologo_psicoterapeuta', 55, 12, 30),
        ('adm', 'educatore', 6, 15, 30),
        ('penale_minorile', 'assistente_sociale', 50, 22, 26),
        ('penale_minorile', 'psicologo_psicoterapeuta', 50, 8, 10),
        ('gestione_conflitto', 'psicologo_psicoterapeuta', 25, 7, 9),
        ('spazio_neutro', 'educatore', 24, 16, 20),
        ('affidi', 'assistente_sociale', 26, 18, 22),
        ('affidi', 'psicologo_psicoterapeuta', 26, 7, 9)
    ) as staffing (service_code, profile, minors_per_post, low_hours, high_hours)
),

load as (
    select
        service_code,
        case when is_associated_service then null else municipality_code end as team,
        count(*) as minors
    from spells
    where opened_on <= halfway()
    and ends_on > halfway()
    group by all
),

-- Where a municipality has no joint team, one of its own social workers follows placements and home education.
of_services as (
    select s.*, l.team, cast(ceil(l.minors / s.minors_per_post) as integer) as n
    from staffing as s
    inner join load as l using (service_code)
    union all by name
    select
        'adm' as service_code,
        'assistente_sociale' as profile,
        12 as low_hours,
        20 as high_hours,
        municipality_code as team,
        cast(ceil(scale()) as integer) as n
    from municipalities
    where not is_associated
    union all by name
    select service_code, profile, low_hours, high_hours, cast(ceil(scale() * n) as integer) as n
    from (
        values
        ('consulenza_legale', 'legale', 5, 7, 1),
        ('direzione', 'coordinatore', 32, 32, 1),
        ('supervisione', 'psicologo_psicoterapeuta', 2, 2, 1),
        ('amministrativi', 'amministrativo', 18, 18, 2)
    ) as fixed (service_code, profile, low_hours, high_hours, n)
),

every_post as (
    select
        o.service_code,
        o.team,
        o.profile,
        o.n as n_posts,
        place,
        concat_ws(':', o.service_code, o.team, o.profile, place) as post,
        between_days(o.low_hours, o.high_hours, u(concat_ws(':', o.service_code, o.team, o.profile, place), 'hours'))
            as weekly_hours
    from of_services as o, lateral (select unnest(range(1, o.n + 1)) as place)
)

-- In each team the partner holds the posts that the resources pay for, from the first of each profile; the
-- municipality holds the others.
select
    p.*,
    p.team is not null and coalesce(
        sum(47 * p.weekly_hours * w.euro_per_hour) over (
            partition by p.team order by p.place, p.profile desc
            rows between unbounded preceding and 1 preceding
        ), 0
    ) >= coalesce(0.9 * r.importo, 0) as is_municipal
from every_post as p
inner join wages as w using (profile)
left join resources as r on r.team = p.team and r.anno = year(period_start());

create table operators as
with turns as (
    select
        p.*,
        turn,
        case
            when p.profile = 'coordinatore' then 40000
            else greatest(120, cast(around(1100, 0.6, p.post || turn, 'tenure') as integer))
        end as tenure,
        case
            when u(p.post || turn, 'vacant') < 0.3 then between_days(10, 60, u(p.post || turn, 'vacancy'))
            else 0
        end as vacancy
    from posts as p, lateral (
        select unnest(range(cast(4 + (period_end() - period_start()) // 400 as bigint))) as turn
    )
),

started as (
    select
        *,
        period_start() - between_days(30, 900, u(post, 'start'))
        + coalesce(sum(tenure + vacancy + 1) over (
            partition by post order by turn rows between unbounded preceding and 1 preceding
        ), 0)::integer as starts_on
    from turns
),

in_service as (
    select
        *,
        case when is_municipal then 'comune' else 'partner' end as datore,
        case when starts_on + tenure <= period_end() then starts_on + tenure end as ends_on,
        row_number() over (order by starts_on, post, turn) as operator_no
    from started
    where starts_on <= period_end() and starts_on + tenure >= period_start()
),

-- A few do not meet what their profile asks for: the first of each profile, in random order.
ranked as (
    select
        *,
        case
            when profile = 'psicologo_psicoterapeuta' and u(post || turn, 'exception') < 0.15 then 'psicologo'
            else profile
        end as profilo,
        row_number() over (partition by profile order by u(post || turn, 'irregular'), post, turn)
        <= ceil(0.03 * count(*) over (partition by profile)) as is_irregular
    from in_service
)

select
    post,
    service_code,
    team,
    profile,
    weekly_hours,
    starts_on,
    ends_on,
    numbered('OP-', operator_no, 4) as id_operatore,
    profilo,
    datore,
    case
        when profilo in ('assistente_sociale', 'psicologo', 'psicologo_psicoterapeuta')
            then not (is_irregular and (profilo = 'assistente_sociale' or u(post || turn, 'which') < 0.5))
        when profilo = 'legale' then true
        else false
    end as iscrizione_albo,
    case when profilo = 'educatore' then not is_irregular end as titolo_educativo,
    cast(
        case
            when profilo = 'psicologo' then 5 + 8 * u(post || turn, 'years')
            when is_irregular then 0.5 + u(post || turn, 'years')
            when profilo = 'amministrativo' then null
            else 2 + 18 * pow(u(post || turn, 'years'), 1.5)
        end as decimal(4, 1)
    ) as anni_esperienza_tutela,
    case when profilo = 'psicologo' then not is_irregular end as benestare_deroga,
    on_weekday(starts_on - between_days(5, 120, u(post || turn, 'cv'))) as first_curriculum_on
from ranked;

-- Hours worked: less in August and at Christmas, a little up and down in each month. Coordination and administration
-- keep their weekly hours on average.
create table hours as
with worked as (
    select
        o.*,
        m.month,
        m.ends_on as month_ends_on,
        least(m.ends_on, coalesce(o.ends_on, m.ends_on)) - greatest(m.month, o.starts_on) + 1 as days
    from operators as o
    inner join months as m on o.starts_on <= m.ends_on and coalesce(o.ends_on, m.ends_on) >= m.month
)

select
    id_operatore,
    service_code,
    team,
    profile,
    datore,
    month,
    semester_end(month) as delivery,
    cast(
        round(
            2 * weekly_hours * days / 7 * case
                when service_code in ('direzione', 'amministrativi')
                    then 0.98 + 0.09 * u(id_operatore, month, 'hours')
                else (0.93 + 0.12 * u(id_operatore, month, 'hours'))
                    * case month(month) when 8 then 0.6 when 12 then 0.88 else 1 end
            end
        ) / 2 as decimal(6, 1)
    ) as ore
from worked
where days > 2;
