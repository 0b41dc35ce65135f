-- What is spent of the resources of the co-design; rates of facilities and foster contributions come on top.
-- Each year closes at 90-101% of its resources.
create table spending as
with budgets as (
    select
        *,
        importo * (0.905 + 0.1 * u(area || coalesce(team, ''), anno, 'execution')) as to_spend,
        case area when 'servizi_associati' then 0.88 else 0.94 end as staff_share
    from resources
),

-- The resources pay the partner's staff; municipal staff is paid by each municipality.
worked as (
    select
        h.*,
        v.area,
        cast(h.ore * w.euro_per_hour as decimal(12, 2)) as weight
    from hours as h
    inner join services as v using (service_code)
    inner join wages as w using (profile)
    where h.datore = 'partner'
),

staff as (
    select
        w.service_code,
        w.team,
        w.area,
        w.month,
        'personale' as voce,
        w.id_operatore || strftime(w.month, '%Y%m') as item,
        b.to_spend * b.staff_share * w.weight
        / sum(w.weight) over (partition by w.area, w.team, year(w.month)) as amount
    from worked as w
    inner join budgets as b
        on b.area = w.area and b.team is not distinct from w.team and b.anno = year(w.month)
),

-- The rest: materials and travel every month; supervision and training for the associated services.
other_items as (
    from (
        values
        ('equipe_territoriale', 'equipe_tutela', 'altro', 1.0),
        ('servizi_amministrativi', 'amministrativi', 'altro', 1.0),
        ('servizi_associati', 'direzione', 'altro', 0.4),
        ('servizi_associati', 'supervisione', 'supervisione', 0.4),
        ('servizi_associati', 'supervisione', 'formazione', 0.2)
    ) as items (area, service_code, voce, share)
),

rest as (
    select
        k.service_code,
        b.team,
        b.area,
        m.month,
        k.voce,
        concat(b.area, b.team, strftime(m.month, '%Y%m'), k.voce) as item,
        b.to_spend * (1 - b.staff_share) * k.share / 12
        * (0.7 + 0.6 * u(concat(b.area, b.team, k.voce), m.month, 'rest')) as amount
    from budgets as b
    inner join months as m on year(m.month) = b.anno
    inner join other_items as k using (area)
),

fees as (
    select
        p.service_code,
        p.municipality_code as team,
        null as area,
        m.month,
        case p.service_code when 'affidi' then 'contributo_affido' else 'retta_struttura' end as voce,
        p.placement || strftime(m.month, '%Y%m') as item,
        case p.service_code
            when 'affidi' then a.contributo_mensile
            else i.retta * (least(p.leaves_on, m.ends_on) - greatest(p.starts_on, m.month) + 1)
        end as amount,
        p.id_presa_in_carico,
        p.body_code,
        case p.service_code when 'affidi' then 'ufficio_di_piano' else p.sender end as sender
    from placements as p
    inner join months as m on p.starts_on <= m.ends_on and p.leaves_on >= m.month
    left join affidi_rows as a using (placement)
    left join inserimenti_rows as i using (placement)
),

running as (
    select
        *,
        null::varchar as id_presa_in_carico,
        coalesce(team, getvariable('lead')) as body_code,
        null::varchar as sender
    from staff
    union all by name
    select *, null as id_presa_in_carico, coalesce(team, getvariable('lead')) as body_code, null as sender
    from rest
),

items as (
    select * replace (coalesce(r.sender, case when team is null then 'ufficio_di_piano' else m.slug end) as sender)
    from running as r
    left join municipalities as m on m.municipality_code = r.team
    union all by name
    select *
    from fees
),

paid as (
    select
        item,
        service_code,
        voce,
        id_presa_in_carico,
        body_code,
        sender,
        nullif(team, body_code) as about,
        month,
        cast(last_day(month) as date) as data_competenza,
        cast(amount as decimal(12, 2)) as importo,
        cast(
            amount * case voce when 'personale' then 1 + 0.03 * u(item, 'committed') else 1 end as decimal(12, 2)
        ) as importo_impegnato,
        u(item, 'reversal') < 0.003 as is_reversed
    from items
)

-- A few invoices are paid twice: the second payment is taken back in the same month.
select p.* exclude (is_reversed), 0 as correction
from paid as p
union all by name
select p.* exclude (is_reversed) replace (0 as importo_impegnato, c.sign * p.importo as importo), c.correction
from paid as p, (values (1, 1), (2, -1)) as c (correction, sign)
where p.is_reversed;
