-- Complaints, satisfaction surveys, checks on the services, meetings, training.
create table case_load as
select
    service_code,
    municipality_code,
    body_code,
    sender,
    count(*) as minors
from spells
where opened_on <= halfway()
and ends_on > halfway()
group by all;

-- Slots from 0 to 1 in which a draw finds a service and a municipality in proportion to their minors.
create table load_slots as
select
    *,
    (sum(minors) over (order by service_code, municipality_code) - minors) / sum(minors) over () as low,
    sum(minors) over (order by service_code, municipality_code) / sum(minors) over () as high,
    (row_number() over (order by service_code, municipality_code) - 1) / count(*) over () as even_low,
    row_number() over (order by service_code, municipality_code) / count(*) over () as even_high
from case_load;

create table complaints as
with years as (
    select year, cast(round(between_days(13, 27, u(year, 'how many complaints')) * scale()) as integer) as n
    from range(year(period_start()), year(period_end()) + 1) as years(year)
),

drawn as (
    select
        year || '-' || n as complaint,
        make_date(year, 1, 1) + between_days(0, 364, u(year, n, 'received')) as received_on
    from (select year, unnest(range(1, n + 1)) as n from years)
),

placed as (
    select
        d.complaint,
        on_weekday(d.received_on) as received_on,
        l.service_code,
        l.municipality_code,
        m.slug,
        u(d.complaint, 'to') < 0.18 and not v.area = 'servizi_associati' and m.is_associated as is_to_municipality,
        row_number() over (order by u(d.complaint, 'answer'), d.complaint) / count(*) over () as place
    from drawn as d
    inner join load_slots as l on u(d.complaint, 'where') >= l.low and u(d.complaint, 'where') < l.high
    inner join services as v on v.service_code = l.service_code
    inner join municipalities as m on m.municipality_code = l.municipality_code
),

-- Most are answered within thirty days, a few late, a few not at all.
timed as (
    select
        *,
        case
            when place <= 0.06 then between_days(31, 70, u(complaint, 'days'))
            when place <= 0.95 then between_days(2, 29, u(complaint, 'days'))
        end as days
    from placed
)

select
    p.*,
    received_on + days as answered_on,
    case when is_to_municipality then municipality_code else getvariable('lead') end as body_code,
    case when is_to_municipality then slug else 'ufficio_di_piano' end as sender,
    row_number() over (order by received_on, complaint) as n,
    pick(
        ['email', 'email', 'email', 'pec', 'sportello', 'sportello', 'telefono', 'modulo_web', 'posta'],
        u(complaint, 'channel')
    ) as canale,
    pick(
        ['beneficiario', 'familiare', 'familiare', 'familiare', 'familiare', 'affidatario', 'ente', 'anonimo'],
        u(complaint, 'by')
    ) as presentato_da,
    pick(
        ['accesso', 'tempi', 'tempi', 'tempi', 'relazione_operatori', 'relazione_operatori', 'qualita_prestazione',
            'informazione', 'informazione', 'costi', 'privacy'],
        u(complaint, 'category')
    ) as categoria,
    pick(['bassa', 'bassa', 'bassa', 'bassa', 'media', 'media', 'media', 'alta'], u(complaint, 'gravity')) as gravita,
    pick(
        ['accolto', 'accolto', 'parzialmente_accolto', 'parzialmente_accolto', 'non_accolto', 'non_accolto',
            'non_accolto', 'archiviato'],
        u(complaint, 'outcome')
    ) as esito,
    pick([
        'Rivisti gli orari di ricevimento; avviso esposto allo sportello e sul sito',
        'Colloquio di chiarimento con la famiglia e l''équipe',
        'Nuova informativa, più breve, consegnata al primo appuntamento',
        'Sostituzione dell''operatore per "incompatibilità", d''intesa con il coordinatore',
        'Formazione del personale sulla comunicazione; verifica a 3 mesi',
        'Corretto il calcolo della quota e rimborsata la differenza'
    ], u(complaint, 'action')) as action
from timed as p;

-- Two waves a year, the same days everywhere.
create table waves as
with dates as (
    select
        concat('SODD-', year(starts_on), '-', case when month(starts_on) = 1 then 1 else 2 end) as rilevazione,
        cast(starts_on + interval 4 month as date) + 1 as starts_on,
        cast(starts_on + interval 5 month as date) + 9 as ends_on,
        ends_on as delivery
    from semesters
),

asked as (
    select
        d.*,
        s.service_code,
        s.body_code,
        s.sender,
        s.prefix,
        count(distinct s.family) as families
    from dates as d
    inner join spells as s on s.opened_on <= d.starts_on and s.ends_on > d.starts_on
    where s.sender in (select sender from senders where is_partner)
    or s.service_code in ('equipe_tutela', 'adm')
    and s.municipality_code in (select municipality_code from municipalities where is_associated)
    group by all
)

select
    *,
    concat(rilevazione, body_code, service_code) as wave,
    greatest(
        3, cast(round(families * case service_code when 'equipe_tutela' then 0.55 else 0.8 end) as integer)
    ) as sent,
    0.37 + 0.21 * u(concat(rilevazione, body_code, service_code), 'response') as response
from asked;

create table answers as
with returned as (
    select
        w.*,
        unnest(range(1, greatest(1, cast(round(sent * response) as integer)) + 1)) as n
    from waves as w
),

asked as (
    select
        r.*,
        q.question_code,
        concat(r.wave, '-', r.n) as answer,
        concat(r.rilevazione, '-', r.prefix, '-', upper(left(r.service_code, 3)), '-', r.n) as id_risposta,
        -- How pleased the person is, how the question usually fares, and the service.
        0.75 * z(concat(r.wave, r.n), 'mood') + 0.65 * z(concat(r.wave, r.n) || q.question_code, 'answer')
        + case q.phase when 'fruizione' then 0.25 when 'accesso' then -0.12 else 0 end
        + case r.service_code
            when 'affidi' then 0.3
            when 'spazio_neutro' then -0.25
            when 'gestione_conflitto' then -0.15
            else 0
        end as pleased
    from returned as r, questions as q
)

select
    *,
    starts_on + between_days(2, ends_on - starts_on, u(answer, 'day')) as filled_on,
    case
        when service_code = 'affidi' and u(answer, 'who') < 0.5 then 'affidatario'
        when u(answer, 'who') < 0.74 then 'genitore'
        when u(answer, 'who') < 0.9 then 'minore'
        when u(answer, 'who') < 0.96 then 'operatore_rete'
        else 'altro'
    end as respondent,
    case
        when u(answer || question_code, 'skipped') < 0.03 then null
        when pleased < -1.9 then 1
        when pleased < -1.2 then 2
        when pleased < -0.35 then 3
        when pleased < 0.55 then 4
        else 5
    end as score
from asked;

create table checks as
with years as (
    select year, cast(round(between_days(44, 60, u(year, 'checks')) * scale()) as integer) as n
    from range(year(period_start()), year(period_end()) + 1) as years(year)
),

drawn as (
    select
        year || '-' || n as control,
        make_date(year, 1, 7) + between_days(0, 350, u(year, n, 'checked')) as checked_on
    from (select year, unnest(range(1, n + 1)) as n from years)
),

placed as (
    select
        d.control,
        on_weekday(d.checked_on) as checked_on,
        l.service_code,
        l.municipality_code,
        between_days(5, 30, u(d.control, 'size')) as verified,
        u(d.control, 'finding') < 0.24 as has_finding
    from drawn as d
    -- Small services are checked too: half of the checks are drawn among the offices, not among the minors.
    inner join load_slots as l
        on u(d.control, 'where') >= case when u(d.control, 'how') < 0.5 then l.low else l.even_low end
        and u(d.control, 'where') < case when u(d.control, 'how') < 0.5 then l.high else l.even_high end
    where l.sender not in (select slug from municipalities where not is_associated)
)

select
    *,
    verified - case when has_finding then between_days(1, 3, u(control, 'findings')) else 0 end as conforming,
    case when has_finding then pick(['bassa', 'bassa', 'bassa', 'media', 'media', 'alta'], u(control, 'gravity')) end
        as gravity,
    case
        when not has_finding then checked_on + between_days(0, 10, u(control, 'closing'))
        when u(control, 'closed') < 0.88 then checked_on + between_days(10, 120, u(control, 'closing'))
    end as closed_on,
    case when has_finding then pick([
        'Integrazione del fascicolo con i documenti mancanti',
        'Aggiornamento del progetto e nuova firma dei genitori',
        'Richiamo scritto; verifica entro 60 giorni',
        'Revisione della modulistica: è già in uso il nuovo diario degli incontri'
    ], u(control, 'action')) end as action,
    row_number() over (order by checked_on, control) as n,
    pick(
        ['documentale', 'documentale', 'documentale', 'sul_campo', 'sul_campo', 'colloquio', 'amministrativo'],
        u(control, 'type')
    ) as tipo,
    pick(['comune_capofila', 'comune_capofila', 'comune_capofila', 'ente_titolare', 'partner'], u(control, 'by'))
        as svolto_da
from placed;

-- The governance of the Ambito meets four times a year, the technical table every month but August.
create table meetings as
with planned as (
    select 'governance' as livello, month, between_days(5, 22, u(month, 'governance')) as day
    from months
    where month(month) in (2, 5, 9, 11)
    union all by name
    select 'tecnico' as livello, month, between_days(3, 24, u(month, 'technical')) as day
    from months
    where month(month) <> 8
)

select
    livello,
    on_weekday(month + day) as held_on,
    concat(case livello when 'governance' then 'GOV-' else 'TEC-' end, strftime(month, '%Y-%m')) as id_riunione,
    15 * between_days(4, 9, u(month, livello || ' long')) + case livello when 'tecnico' then 45 else 0 end as minutes,
    between_days(6, 12, u(month, livello || ' seats')) + case livello when 'tecnico' then 4 else 0 end as people,
    case livello when 'tecnico' then between_days(5, 14, u(month, 'cases')) end as cases_examined,
    between_days(2, 8, u(month, livello || ' decided')) as decisions,
    0.6 + 0.4 * u(month, livello || ' done') as done_share,
    on_weekday(month + day + between_days(12, 45, u(month, livello || ' minutes'))) as approved_on
from planned;

create table sessions as
with planned as (
    select m.month, n, case when n = 1 then 'supervisione_clinica' else 'supervisione_metodologica' end as tipo
    from months as m, range(1, 3) as twice(n)
    where month(m.month) not in (8, 12)
    union all by name
    select month, 3 as n, case when month(month) in (3, 10) then 'formazione' else 'aggiornamento' end as tipo
    from months
    where month(month) in (3, 6, 10, 11)
)

select
    tipo,
    on_weekday(month + between_days(3, 26, u(month, n, 'session'))) as held_on,
    concat('FS-', strftime(month, '%Y%m'), '-', n) as id_sessione,
    cast(
        pick(case when n < 3 then [2, 2.5, 2.5, 2.5, 3] else [4, 4, 6, 8] end, u(month, n, 'hours')) as decimal(4, 1)
    ) as ore,
    between_days(6, 24, u(month, n, 'people')) as people
from planned;
