-- Measures of the authorities, the reports owed to them, criminal proceedings and intervention projects.
create table measures as
with due as (
    select
        s.spell,
        1 as part,
        s.opened_on,
        s.ends_on,
        s.service_code,
        s.candidate,
        s.body_code,
        s.sender,
        s.municipality_code,
        s.id_presa_in_carico,
        case s.service_code
            when 'gestione_conflitto' then 'tribunale_ordinario'
            when 'penale_minorile'
                then pick(['procura_minorenni', 'procura_minorenni', 'tribunale_minorenni'], u(s.spell, 'authority'))
            when 'spazio_neutro'
                then pick(
                    ['tribunale_ordinario', 'tribunale_ordinario', 'tribunale_minorenni'], u(s.spell, 'authority')
                )
            else pick(
                ['tribunale_minorenni', 'tribunale_minorenni', 'tribunale_minorenni', 'procura_minorenni',
                    'tribunale_ordinario'],
                u(s.spell, 'authority')
            )
        end as authority,
        s.opened_on + case s.service_code
            when 'spazio_neutro' then between_days(-120, -5, u(s.spell, 'measure'))
            when 'gestione_conflitto' then between_days(-90, -5, u(s.spell, 'measure'))
            else between_days(-60, 45, u(s.spell, 'measure'))
        end as dated_on
    from spells as s
    where u(s.spell, 'has measure') < case s.service_code
        when 'equipe_tutela' then 0.52
        when 'penale_minorile' then 0.65
        when 'gestione_conflitto' then 0.95
        when 'spazio_neutro' then 0.92
        else 0
    end
    union all by name
    select
        spell,
        part,
        opened_on,
        ends_on,
        service_code,
        candidate,
        body_code,
        sender,
        municipality_code,
        id_presa_in_carico,
        case
            when titolo = 'art_403' then 'pubblica_autorita_403'
            when forma = 'consensuale' then 'giudice_tutelare'
            else 'tribunale_minorenni'
        end as authority,
        case
            when titolo = 'art_403' then starts_on - between_days(0, 1, u(placement, 'measure'))
            when forma = 'consensuale' then starts_on + between_days(7, 80, u(placement, 'ratified'))
            else starts_on - between_days(0, 60, u(placement, 'measure'))
        end as dated_on
    from placements
    where (
        titolo in ('art_403', 'provvedimento_ag')
        or forma = 'giudiziale'
        or forma = 'consensuale' and collocazione = 'etero_familiare'
    )
    -- Some measures never reach the files.
    and u(placement, 'measure on file') >= 0.05
)

select
    *,
    spell || '!' || service_code || part as measure,
    replace(id_presa_in_carico, '-P', '-D') || case when part > 1 then '-' || part else '' end as id_provvedimento,
    case
        when u(spell, part, 'type known') < 0.08 then null
        when service_code = 'affidi' then '4'
        when authority = 'pubblica_autorita_403' then '8'
        when service_code in ('gestione_conflitto', 'spazio_neutro') then pick(['6', '5', '7'], u(spell, part, 'type'))
        when service_code = 'penale_minorile' then null
        else pick(['5', '5', '5', '7', '7', '1'], u(spell, part, 'type'))
    end as tipo,
    case
        when u(spell, part, 'custody known') < 0.45 then null
        else pick(['3', '3', '3', '1', '2', '4', '5'], u(spell, part, 'custody'))
    end as potesta_tutela,
    case when u(spell, part, 'term') < 0.3 then dated_on + 365 + 30 * between_days(0, 12, u(spell, part, 'valid')) end
        as valid_until,
    semester_end(greatest(dated_on, opened_on)) as delivery
from due
where dated_on <= period_end();

-- A report every six months while the case is open. Most are sent before the term.
create table reports as
with terms as (
    select *, dated_on + 90 + 180 * cast(n - 1 as integer) as due_on
    from measures, lateral (select unnest(range(1, 60)) as n)
    where authority in ('tribunale_minorenni', 'tribunale_ordinario', 'procura_minorenni')
    and service_code <> 'penale_minorile'
),

sent as (
    select
        * exclude (delivery),
        case
            when u(measure, n, 'sent') < 0.015 then null
            when u(measure, n, 'sent') < 0.065 then due_on + between_days(2, 55, u(measure, n, 'sent on'))
            else greatest(
                opened_on, due_on - 60, on_weekday(due_on - between_days(0, 25, u(measure, n, 'sent on')))
            )
        end as sent_on,
        greatest(opened_on, due_on - 60) as made_on
    from terms
    where due_on > opened_on + 20 and due_on <= ends_on and due_on >= period_start() and due_on - 60 <= period_end()
)

select *, replace(id_provvedimento, '-D', '-R') || '-' || n as id_relazione
from sent;

-- Criminal proceedings: the phases follow one another until the case closes; some are suspended for probation.
create table proceedings as
with dated as (
    select
        *,
        opened_on + between_days(60, 160, u(spell, 'hearing')) as hearing_on,
        opened_on + between_days(170, 290, u(spell, 'trial')) as trial_on,
        opened_on + between_days(480, 640, u(spell, 'judgment')) as judged_on,
        u(spell, 'probation') < 0.48 as on_probation
    from spells
    where service_code = 'penale_minorile'
)

select *, replace(id_presa_in_carico, '-P', '-Z') as id_procedimento
from dated;

create table projects as
with kinds as (
    select
        s.*,
        case s.service_code
            when 'affidi' then 'affido'
            when 'strutture' then 'personalizzato_struttura'
            else 'intervento'
        end as kind,
        cast(unnest(range((least(s.ends_on, period_end()) - s.opened_on) // 370 + 1)) as integer) as n
    from spells as s
    where u(s.spell, 'has project') < case s.service_code
        when 'equipe_tutela' then 0.45
        when 'strutture' then 0.93
        when 'penale_minorile' then 0.7
        else 1
    end
    union all by name
    select *, 'pippi' as kind, 0 as n
    from spells
    where service_code = 'equipe_tutela' and u(family, 'pippi') < 0.11
),

ranked as (
    select
        *,
        opened_on + 370 * n + between_days(0, 6, u(spell, n, kind || ' project')) as made_on,
        row_number() over (partition by service_code, kind, n > 0 order by u(spell, n, 'irregular'), spell, n)
        / cast(count(*) over (partition by service_code, kind, n > 0) as double) as irregular
    from kinds
)

select
    *,
    replace(id_presa_in_carico, '-P', '-G') || case kind when 'pippi' then '-P' else '' end || '-' || (n + 1)
        as id_progetto,
    case
        when irregular <= 0.02 then null
        when irregular <= 0.04 and n = 0 then made_on + between_days(40, 150, u(spell, n, kind || ' signed'))
        else made_on + between_days(0, 7, u(spell, n, kind || ' signed'))
    end as signed_on,
    case
        when irregular between 0.5 and 0.51 then null
        else made_on + between_days(2, 9, u(spell, n, kind || ' starts'))
    end as starts_on,
    made_on + 10 + 30 * between_days(5, 11, u(spell, n, kind || ' ends')) as planned_end_on,
    case
        when kind = 'pippi' or service_code not in ('adm', 'spazio_neutro') then null
        when irregular between 0.6 and 0.61 then null
        else cast(pick([1, 1, 1.5, 2, 2, 2.5, 3], u(spell, n, 'frequency')) as decimal(4, 1))
    end as frequency,
    case
        when irregular between 0.7 and 0.71 or service_code not in ('adm', 'spazio_neutro', 'strutture') then null
        else cast(
            between_days(18, 110, u(spell, n, 'cost')) * case service_code when 'strutture' then 300 else 50 end
            as decimal(10, 2)
        )
    end as cost,
    made_on + between_days(150, 210, u(spell, n, kind || ' review')) as reviewed_on
from ranked
where made_on <= period_end();
