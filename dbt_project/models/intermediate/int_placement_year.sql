with placements as (

    select
        'contributo_affido' as voce,
        codice_ente, id_affido as placement_id, id_presa_in_carico, minor_id, municipality_code,
        data_inizio, data_fine,
        intensita in ('residenziale', 'pronta_accoglienza') as is_residential,
        contributo_mensile, null as retta_giornaliera
    from {{ ref('fct_foster_placement') }}
    where minor_id is not null
    union all
    select
        'retta_struttura',
        codice_ente, id_inserimento, id_presa_in_carico, minor_id, municipality_code,
        data_inizio, data_fine,
        tipo_struttura = 'residenziale',
        null, retta_giornaliera
    from {{ ref('fct_facility_placement') }}
    where minor_id is not null

),

years as (

    select year(period_start)::integer as year, period_start, period_end
    from {{ ref('dim_period') }}
    where period_type = 'year'

),

-- First and last day of care in the year, both counted; a placement that runs on ends at the reference date.
dated as (

    select
        years.year,
        placements.*,
        greatest(placements.data_inizio, years.period_start) as first_day,
        least(coalesce(placements.data_fine, {{ as_of() }}), years.period_end, {{ as_of() }}) as last_day,
        last_day - first_day + 1 as days,
        years.period_end - years.period_start + 1 as days_of_year
    from placements
    inner join years
        on {{ overlaps_period('placements.data_inizio', 'placements.data_fine', 'years.period_start', 'years.period_end') }}

),

priced as (

    select
        * exclude (contributo_mensile, retta_giornaliera, days_of_year, data_inizio, data_fine),
        coalesce(retta_giornaliera * days, contributo_mensile * 12 * days / days_of_year)::decimal(18, 2)
            as tariff_cost
    from dated
    where first_day <= last_day

)

select * from priced
