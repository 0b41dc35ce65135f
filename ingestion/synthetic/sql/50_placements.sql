-- Foster care and placements in facilities: one or more in a row within a spell. Irregularities of each kind go to a
-- fixed share of the rows, in random order, so that even a small set has some.
create table placements as
with parts as (
    select
        *,
        coalesce(ends_on, period_end()) - opened_on as days,
        case
            when ends_on - opened_on < 150 then 1
            when service_code = 'affidi' then case when u(spell, 'parts') < 0.15 then 2 else 1 end
            when u(spell, 'parts') < 0.08 then 3
            when u(spell, 'parts') < 0.28 then 2
            else 1
        end as n_parts
    from spells
    where service_code in ('affidi', 'strutture')
),

cut_points as (
    select
        *,
        cast(unnest(range(1, n_parts + 1)) as integer) as part,
        cast((ends_on - opened_on) // n_parts as integer) as part_days
    from parts
),

bounded as (
    select
        * exclude (days, n_parts, part_days),
        part = n_parts as is_last,
        case part
            when 1 then least(opened_on + between_days(0, 6, u(spell, 'enters')), ends_on)
            else opened_on + part_days * (part - 1)
                + case
                    when u(spell, part, 'home') < 0.35 then between_days(10, 40, u(spell, part, 'days home'))
                    else 0
                end
        end as starts_on,
        case when part = n_parts then ends_on else opened_on + part_days * part end as leaves_on
    from cut_points
)

select
    * exclude (closed_on, leaves_on),
    leaves_on,
    spell || '#' || part as placement,
    case when leaves_on <= period_end() then leaves_on end as left_on,
    continues and leaves_on > adult_on as has_continuation,
    row_number() over (partition by service_code order by u(spell, part, 'irregular'), spell, part)
    / cast(count(*) over (partition by service_code) as double) as irregular,
    -- Placement in a facility: who decided it.
    case
        when service_code <> 'strutture' then null
        when is_unaccompanied then case when u(spell, 'title') < 0.8 then 'verbale_msna' else 'provvedimento_ag' end
        when u(spell, 'title') < 0.58 then 'provvedimento_ag'
        when u(spell, 'title') < 0.7 then 'art_403'
        else 'consenso'
    end as titolo,
    case when u(spell, 'day care') < 0.22 then 'semiresidenziale' else 'residenziale' end as tipo_struttura,
    case
        when service_code <> 'affidi' then null
        when u(spell, 'form') < 0.38 then 'consensuale'
        else 'giudiziale'
    end as forma,
    case
        when service_code <> 'affidi' then null
        when u(spell, 'kin') < 0.42 then 'intra_familiare'
        else 'etero_familiare'
    end as collocazione,
    case
        when service_code <> 'affidi' then null
        when u(spell, part, 'intensity') < 0.72 then 'residenziale'
        when u(spell, part, 'intensity') < 0.84 then 'diurno'
        when u(spell, part, 'intensity') < 0.96 then 'tempo_parziale'
        else 'pronta_accoglienza'
    end as intensita
from bounded
where starts_on <= leaves_on and starts_on <= period_end() and leaves_on >= period_start();

create table affidi_rows as
select
    *,
    prefix || '-A' || substr(id_presa_in_carico, len(prefix) + 3) || '-' || part as id_affido,
    numbered('FA-', between_days(1, 60 * greatest(1, scale()), u(family, part, 'foster family')), 3)
        as id_famiglia_affidataria,
    case
        when irregular <= 0.03 then null
        when irregular <= 0.05 then starts_on + between_days(5, 60, u(placement, 'agreement'))
        else starts_on - between_days(0, 21, u(placement, 'agreement'))
    end as data_patto,
    case
        when forma = 'giudiziale' or collocazione = 'intra_familiare' then null
        when dense_rank() over (
            partition by forma, collocazione order by u(placement, 'ratification'), placement
        ) <= 0.05 * count(*) over (partition by forma, collocazione) + 0.5 then null
        else starts_on + between_days(7, 80, u(placement, 'ratified'))
    end as data_ratifica,
    case
        when irregular > 0.97 then false
        when u(placement, 'insurance known') < 0.02 then null
        else true
    end as insured,
    cast(
        case intensita
            when 'residenziale' then 520
            when 'pronta_accoglienza' then 600
            when 'diurno' then 260
            else 200
        end
        + 10 * between_days(-4, 6, u(placement, 'contribution')) as decimal(10, 2)
    ) as contributo_mensile,
    case
        when not is_last then pick(['2', '4', '1'], u(placement, 'outcome'))
        when ended_by_age then pick(['6', '6', '1', '9'], u(placement, 'outcome'))
        else pick(['1', '1', '1', '1', '2', '3', '4', '9'], u(placement, 'outcome'))
    end as esito
from placements
where service_code = 'affidi';

create table inserimenti_rows as
select
    *,
    prefix || '-S' || substr(id_presa_in_carico, len(prefix) + 3) || '-' || part as id_inserimento,
    numbered('STR-', between_days(1, 28 + 8 * scale(), u(placement, 'facility')), 3) as id_struttura,
    case
        when tipo_struttura = 'semiresidenziale' then '7'
        else pick(['4', '5', '6', '7', '7', '7', '8', '3', '2'], u(placement, 'kind'))
    end as carattere,
    u(spell, 'with parent') < 0.3 and starts_on < birthday(born_on, 6) as con_genitore,
    case
        when irregular <= 0.015 and starts_on < period_end() - 60 then null
        when irregular <= 0.05 then starts_on + between_days(32, 75, u(placement, 'plan'))
        else starts_on + between_days(3, 30, u(placement, 'plan'))
    end as data_progetto,
    case
        when irregular > 0.96 then false
        when u(placement, 'permit') < 0.015 then null
        else true
    end as permitted,
    cast(
        case tipo_struttura
            when 'semiresidenziale' then 34 + 26 * u(placement, 'fee')
            else 82 + 48 * u(placement, 'fee')
        end as decimal(10, 2)
    ) as retta,
    case
        when not is_last then pick(['4', '4', '1', '2'], u(placement, 'outcome'))
        when is_unaccompanied then pick(['6', '6', '6', '8', '9'], u(placement, 'outcome'))
        when ended_by_age then pick(['6', '6', '1', '9'], u(placement, 'outcome'))
        else pick(['1', '1', '1', '2', '3', '4', '9'], u(placement, 'outcome'))
    end as esito
from placements
where service_code = 'strutture';
