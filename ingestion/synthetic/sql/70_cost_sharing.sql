-- What families pay: the tariffs that each Giunta sets, and what each parent owes month by month.
create table tariffs as
with base as (
    from (
        values
        -- The tariffs of the associated services are the same in all municipalities.
        ('incontri_protetti', 'incontro', 7000, 22000, 0, 18, 0),
        ('affido', 'mese', 8000, 30000, 30, 220, 0),
        ('adm', 'ora', 6000, 25000, 0, 11, 1),
        ('struttura', 'giorno', 6500, 32000, 2, 16, 1)
    ) as base (prestazione, unita, initial, final, lowest, highest, varies)
)

select
    m.municipality_code,
    m.slug,
    b.prestazione,
    b.unita,
    year as anno,
    cast(
        b.initial + b.varies * 250 * between_days(-2, 2, u(m.municipality_code, b.prestazione))
        + 100 * (year - year(period_start())) as decimal(12, 2)
    ) as isee_iniziale,
    cast(
        b.final + b.varies * 500 * between_days(-3, 3, u(m.municipality_code, b.prestazione || ' end'))
        + 200 * (year - year(period_start())) as decimal(12, 2)
    ) as isee_finale,
    cast(b.lowest as decimal(12, 2)) as quota_minima,
    cast(
        b.highest + b.varies * 0.5 * between_days(-3, 3, u(m.municipality_code, b.prestazione || ' top'))
        + 0.2 * (year - year(period_start())) as decimal(12, 2)
    ) as contribuzione_massima
from municipalities as m, base as b, range(year(period_start()), year(period_end()) + 1) as years(year)
-- One municipality had not yet set its tariff for home education in the first year.
where not (
    b.prestazione = 'adm'
    and year = year(period_start())
    and m.municipality_code = (select max(municipality_code) from municipalities where not is_associated)
);

create table contributions as
with units as (
    select
        spell,
        'incontri_protetti' as prestazione,
        cast(date_trunc('month', done_on) as date) as month,
        cast(count(*) as decimal(8, 2)) as quantity
    from acts
    where act = 'incontro_protetto' and esito = 'svolto' and delivery <= period_end()
    group by all
    union all by name
    select
        spell,
        'adm' as prestazione,
        cast(date_trunc('month', done_on) as date) as month,
        cast(sum(durata_minuti) / 60.0 as decimal(8, 2)) as quantity
    from acts
    where act = 'accesso_adm' and esito = 'svolto' and delivery <= period_end()
    group by all
    union all by name
    select
        p.spell,
        case p.service_code when 'affidi' then 'affido' else 'struttura' end as prestazione,
        m.month,
        cast(
            case p.service_code
                when 'affidi' then 1
                else sum(least(p.leaves_on, m.ends_on) - greatest(p.starts_on, m.month) + 1)
            end as decimal(8, 2)
        ) as quantity
    from placements as p
    inner join months as m on p.starts_on <= m.ends_on and p.leaves_on >= m.month
    group by p.spell, p.service_code, m.month
),

-- Brothers and sisters placed at the same time count from the first.
obliged as (
    select
        q.*,
        s.candidate,
        s.family,
        s.municipality_code,
        s.body_code,
        s.sender,
        s.is_associated_service,
        s.id_presa_in_carico,
        row_number() over (partition by q.prestazione, q.month, s.family order by s.opened_on, s.spell) as child_order,
        unnest(list_concat(
            ['genitore_1'],
            case when u(s.family, 'second parent') < 0.5 then ['genitore_2'] else [] end,
            case when u(s.family, 'grandparent') < 0.015 then ['ascendente'] else [] end
        )) as obbligato
    from units as q
    inner join spells as s using (spell)
    where not s.is_unaccompanied
),

means as (
    select
        o.*,
        t.isee_iniziale,
        t.isee_finale,
        t.quota_minima,
        t.contribuzione_massima,
        case
            when u(o.family || o.obbligato, year(o.month), 'not presented') < 0.07 then null
            else cast(
                least(90000, around(8200, 0.75, o.family || o.obbligato || year(o.month), 'isee')) as decimal(12, 2)
            )
        end as isee,
        u(o.spell || o.obbligato, 'waiver') < 0.03 as deroga,
        u(o.spell || o.obbligato, year(o.month), 'mistake') as mistake
    from obliged as o
    left join tariffs as t
        on t.municipality_code = o.municipality_code and t.prestazione = o.prestazione and t.anno = year(o.month)
),

-- The formula of arts. 14, 24, 36 and 47, in whole cents: halves go up, once, at the end.
due as (
    select
        *,
        cast(case when prestazione = 'struttura' and child_order > 1 then 3 else 4 end as hugeint) as quarters,
        cast(quota_minima * 100 as hugeint) as low,
        cast(contribuzione_massima * 100 as hugeint) as high,
        cast((isee_finale - isee_iniziale) * 100 as hugeint) as width,
        cast((isee - isee_iniziale) * 100 as hugeint) as above
    from means
),

by_formula as (
    select
        *,
        case
            when isee < isee_iniziale then 0
            when isee is null or isee >= isee_finale then (2 * high * quarters + 4) // 8
            else (2 * (low * width + above * (high - low)) * quarters + 4 * width) // (8 * width)
        end as cents
    from due
),

-- A few quotas are wrong: an old tariff, or the reduction for further children forgotten.
charged as (
    select
        *,
        cast(case
            when width is null then 500
            when deroga then cents // 2
            when prestazione = 'struttura' and child_order > 1 and mistake < 0.05 then (cents * 4 + 1) // 3
            when mistake < 0.025 then cents + greatest(20, cents // 12)
            else cents
        end as decimal(12, 2)) / 100 as quota
    from by_formula
),

amounts as (
    select
        * exclude (quota),
        cast(quota as decimal(12, 2)) as quota,
        cast(round(cast(quota as decimal(12, 2)) * quantity, 2) as decimal(12, 2)) as amount_due,
        u(spell || obbligato, month, 'pays') as pays
    from charged
)

select
    *,
    concat(
        id_presa_in_carico, '/C', case prestazione when 'struttura' then '' else left(prestazione, 1) end,
        strftime(month, '%Y%m'), '-', case obbligato when 'genitore_1' then 1 when 'genitore_2' then 2 else 3 end
    ) as id_compartecipazione,
    cast(case
        when pays < 0.8 or pays >= 0.92 and pays < 0.96 then amount_due
        when pays < 0.88 then round(amount_due / 2, 2)
        else 0
    end as decimal(12, 2)) as amount_paid,
    -- A few pay after the delivery.
    pays >= 0.92 and pays < 0.96 and amount_due > 0 as pays_late,
    semester_end(month) as delivery
from amounts;
