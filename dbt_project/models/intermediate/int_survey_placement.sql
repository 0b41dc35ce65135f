with placements as (

    select
        *,
        case when care_type = 'affido' then 'forma_affido' else 'titolo_inserimento' end as form_list,
        coalesce(forma, titolo) as form
    from {{ ref('int_placement') }}
    where is_out_of_home

),

minors as (

    select * from {{ ref('dim_minor') }}

),

forms as (

    select * from {{ ref('placement_forms') }}

),

years as (

    select
        year(period_start)::integer as year, period_start, period_end, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}
    where period_type = 'year'

),

placement_years as (

    select
        years.year,
        years.last_day,
        placements.*,
        {{ stock_and_flow('placements.started_on', 'placements.finished_on', 'years.period_start', 'years.period_end') }}
    from placements
    inner join years
        on {{ overlaps_period('placements.started_on', 'placements.finished_on', 'years.period_start', 'years.period_end') }}

),

-- A placement is told of at each moment that it is part of, as it is on the day of that moment.
moments as (

    select 'nell_anno' as moment, null::date as on_day, * from placement_years
    union all
    select 'inizio', null, * from placement_years where is_open_at_start
    union all
    select 'entrati', started_on, * from placement_years where is_opened
    union all
    select 'usciti', finished_on, * from placement_years where is_closed
    union all
    select 'fine', last_day, * from placement_years where is_open_at_end

),

described as (

    select
        moments.year,
        moments.moment,
        moments.care_type,
        moments.codice_ente,
        moments.record_id,
        moments.municipality_code,
        moments.minor_id,
        case when minors.is_unaccompanied then 'msna' else 'altri' end as minor_group,
        minors.sesso as sex,
        minors.cittadinanza as citizenship,
        forms.survey_form as form,
        moments.collocazione as kinship,
        {{ age_in_years('minors.data_nascita', 'moments.on_day') }} as age,
        case when moments.moment in ('usciti', 'fine') then {{ age_in_years('moments.started_on', 'moments.on_day') }} end
            as length_years,
        case when moments.moment = 'usciti' then moments.outcome_class end as destination
    from moments
    inner join minors using (minor_id)
    left join forms on moments.form_list = forms.code_list and moments.form = forms.code

)

select * from described
