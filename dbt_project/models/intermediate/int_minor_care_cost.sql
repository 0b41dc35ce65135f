with placement_years as (

    select * from {{ ref('int_placement_year') }}

),

expenditure as (

    select * from {{ ref('fct_expenditure') }}
    where is_fee and id_presa_in_carico is not null

),

spells as (

    select codice_ente, id_presa_in_carico, minor_id, municipality_code
    from {{ ref('fct_spell') }}

),

-- The last day before each stay that an earlier stay of the same kind already covers.
ordered as (

    select
        *,
        max(last_day) over earlier as covered_until,
        max(last_day) filter (where is_out_of_home) over earlier as away_until
    from placement_years
    window earlier as (
        partition by year, municipality_code, minor_id, care_type
        order by first_day, last_day, codice_ente, record_id
        rows between unbounded preceding and 1 preceding
    )

),

stays as (

    select
        year, municipality_code, minor_id, care_type,
        sum({{ days_not_covered('first_day', 'last_day', 'covered_until') }})::bigint as days,
        {{ sum_where(days_not_covered('first_day', 'last_day', 'away_until'), 'is_out_of_home') }}
            as out_of_home_days,
        max(last_day) as last_day,
        case when count(tariff_cost) = count(*) then sum(tariff_cost) end as tariff_cost
    from ordered
    group by 1, 2, 3, 4

),

linked as (

    select
        year(expenditure.data_competenza)::integer as year,
        spells.municipality_code, spells.minor_id, {{ care_type_paid_by('expenditure.voce') }} as care_type,
        sum(expenditure.committed) as committed,
        sum(expenditure.spent) as paid
    from expenditure
    inner join spells using (codice_ente, id_presa_in_carico)
    group by 1, 2, 3, 4

),

combined as (

    select
        year, municipality_code, minor_id, care_type,
        coalesce(stays.days, 0) as days,
        coalesce(stays.out_of_home_days, 0) as out_of_home_days,
        stays.last_day,
        linked.committed::decimal(18, 2) as committed,
        linked.paid::decimal(18, 2) as paid,
        stays.tariff_cost::decimal(18, 2) as tariff_cost
    from stays
    full join linked using (year, municipality_code, minor_id, care_type)

)

select * from combined
