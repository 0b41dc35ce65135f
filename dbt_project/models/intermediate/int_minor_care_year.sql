with costs as (

    select * from {{ ref('int_minor_care_cost') }}

),

placement_years as (

    select * from {{ ref('int_placement_year') }}

),

spells as (

    select
        year, municipality_code, minor_id,
        array_to_string(list_sort(list_distinct(list(codice_ente || '/' || id_presa_in_carico))), ', ') as spells
    from placement_years
    group by 1, 2, 3

),

summed as (

    select
        year, municipality_code, minor_id,
        {{ sum_where('days', "care_type = 'affido'") }} as foster_days,
        {{ sum_where('out_of_home_days', "care_type = 'affido'") }} as foster_out_of_home_days,
        {{ sum_where('days', "care_type = 'struttura'") }} as placement_days,
        {{ sum_where('out_of_home_days', "care_type = 'struttura'") }} as placement_out_of_home_days,
        sum(committed)::decimal(18, 2) as committed,
        sum(paid)::decimal(18, 2) as paid,
        case when bool_and(tariff_cost is not null or days = 0) then sum(tariff_cost)::decimal(18, 2) end
            as tariff_cost,
        case when bool_and(coalesce(paid, tariff_cost) is not null) then sum(coalesce(paid, tariff_cost))::decimal(18, 2) end
            as cost,
        case
            when cost is null then null
            when bool_and(paid is not null) then 'spese'
            when bool_or(paid is not null) then 'spese_e_tariffe'
            else 'tariffe'
        end as cost_source
    from costs
    group by 1, 2, 3
    having sum(days) > 0

),

with_spells as (

    select *
    from summed
    inner join spells using (year, municipality_code, minor_id)

)

select * from with_spells
