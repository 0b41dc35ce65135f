with grid as (

    select 'affido' as care_type, *
    from ({{ municipality_grid(ref('fct_foster_placement'), 'data_inizio', ['semester', 'year']) }})
    union all
    select 'struttura', *
    from ({{ municipality_grid(ref('fct_facility_placement'), 'data_inizio', ['semester', 'year']) }})

),

-- Where there is nobody the rate is zero, not unknown.
placements as (

    select
        grid.*,
        counts.* exclude (care_type, period_type, period, municipality_code, minors_at_end, at_end),
        coalesce(counts.minors_at_end, 0) as minors_at_end,
        coalesce(counts.minors_at_end_not_unaccompanied, 0) as accompanied_at_end,
        coalesce(counts.at_end, 0) as at_end,
        residents.resident_minors,
        {{ total_code('service_code') }} as service_code
    from grid
    left join {{ ref('int_placement_count') }} as counts using (care_type, period_type, period, municipality_code)
    left join {{ ref('int_resident_minors') }} as residents using (year, municipality_code)

),

foster_care as (

    select * from placements
    where care_type = 'affido'

),

facilities as (

    select * from placements
    where care_type = 'struttura'

),

lengths as (

    select
        *,
        case care_type when 'affido' then 'affidi' else 'strutture' end as care,
        {{ total_code('service_code') }} as service_code
    from {{ ref('int_placement_length') }}

),

stability as (

    select
        'year' as period_type,
        year::varchar as period,
        {{ total_code('service_code') }} as service_code,
        *
    from {{ ref('int_out_of_home_count') }}

),

indicators as (

    {{ indicator('affidi_1000', 'minors_at_end', 'resident_minors') }}
    from foster_care
    union all
    {{ indicator('strutture_1000', 'minors_at_end', 'resident_minors') }}
    from facilities
    union all
    {{ indicator('strutture_1000_senza_msna', 'accompanied_at_end', 'resident_minors') }}
    from facilities
    union all
    {{ indicator('affidi_oltre_24_mesi', 'coalesce(over_24_months, 0)', 'at_end') }}
    from foster_care
    union all
    {{ indicator('affidi_consensuali', 'coalesce(at_end_forma_consensuale, 0)', 'at_end') }}
    from foster_care
    union all
    {{ indicator('affidi_intra_familiari', 'coalesce(at_end_collocazione_intra_familiare, 0)', 'at_end') }}
    from foster_care
    union all
    {{ indicator_by('durata_mediana', 'care', 'null', 'cohort', value='median_months') }}
    from lengths
    union all
    {{ indicator('spostamenti_1000_giorni', 'moves', 'days_in_care') }}
    from stability
    union all
    {{ indicator('tre_collocazioni', 'minors_three_or_more', 'minors') }}
    from stability

)

select * from indicators
