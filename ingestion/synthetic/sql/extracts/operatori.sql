-- The partner keeps the list of all the professionals: new ones, those who leave, and curricula renewed in the year.
with renewals as (
    select *, year
    from operators, lateral (select unnest(range(year(period_start()) - 1, year(period_end()) + 1)) as year)
),

curricula as (
    select
        id_operatore,
        on_weekday(make_date(year, 1, 10) + between_days(0, 150, u(id_operatore, year, 'curriculum'))) as renewed_on
    from renewals
    where u(id_operatore, year, 'renews') >= 0.03
),

versions as (
    select o.*, unnest(deliveries_of(list_concat([o.starts_on, o.ends_on], coalesce(c.days, [])))) as delivery
    from operators as o
    left join (
        select id_operatore, list(c.renewed_on order by c.renewed_on) as days
        from curricula as c
        inner join operators using (id_operatore)
        where c.renewed_on between starts_on and coalesce(ends_on, period_end())
        group by id_operatore
    ) as c using (id_operatore)
)

select
    'partner' as sender,
    getvariable('lead') as codice_ente,
    null as comune_riferimento,
    v.delivery as data_estrazione,
    null as stato_record,
    v.id_operatore,
    v.profilo,
    v.datore,
    v.iscrizione_albo,
    v.titolo_educativo,
    v.anni_esperienza_tutela,
    v.benestare_deroga,
    greatest(
        v.first_curriculum_on,
        (
            select max(c.renewed_on)
            from curricula as c
            where c.id_operatore = v.id_operatore and c.renewed_on <= v.delivery
        )
    ) as curriculum_aggiornato_il,
    v.starts_on as data_inizio,
    case when v.ends_on <= v.delivery then v.ends_on end as data_fine
from versions as v
