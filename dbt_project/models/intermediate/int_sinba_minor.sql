{%- set latest = '(in_care.data_apertura, in_care.codice_ente, in_care.id_presa_in_carico)' -%}
with spells as (

    select * from {{ ref('fct_spell') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

),

years as (

    select
        year(period_start)::integer as year, period_start, period_end, least(period_end, {{ as_of() }}) as last_day
    from {{ ref('dim_period') }}
    where period_type = 'year' and is_covered

),

in_care as (

    select
        years.*,
        spells.*,
        {{ open_at_end_of_day('spells.data_apertura', 'spells.data_chiusura', 'years.period_end') }} as is_open_at_end
    from spells
    inner join years
        on {{ overlaps_period('spells.data_apertura', 'spells.data_chiusura', 'years.period_start', 'years.period_end') }}

),

-- Of several spells the one opened last says how the minor is assessed; care is over when none is open any more.
per_minor as (

    select
        in_care.year,
        in_care.minor_id,
        max_by(in_care.codice_ente, {{ latest }}) as codice_ente,
        max_by(in_care.municipality_code, {{ latest }}) as municipality_code,
        array_to_string(list_sort(list(in_care.codice_ente || '/' || in_care.id_presa_in_carico)), ', ') as spells,
        array_to_string(list_sort(list_distinct(list(in_care.service_code))), '|') as services,
        max_by(in_care.valutazione_minore, {{ latest }}) filter (where in_care.valutazione_minore is not null)
            as valutazione_minore,
        max_by(in_care.valutazione_famiglia, {{ latest }}) filter (where in_care.valutazione_famiglia is not null)
            as valutazione_famiglia,
        not bool_or(in_care.is_open_at_end) as is_closed,
        max_by(in_care.motivo_chiusura, (in_care.data_chiusura, {{ latest }})) filter (where not in_care.is_open_at_end)
            as motivo_chiusura,
        max_by(in_care.situazione_chiusura, (in_care.data_chiusura, {{ latest }}))
            filter (where not in_care.is_open_at_end) as situazione_chiusura,
        greatest(min(in_care.data_apertura), min(in_care.period_start)) as first_day,
        max(least(coalesce(in_care.data_chiusura, in_care.last_day), in_care.last_day)) as last_day
    from in_care
    group by in_care.year, in_care.minor_id

),

-- The age is that of the last day of care in the year on which the person was not of age yet.
aged as (

    select
        per_minor.* replace (
            case when is_closed then motivo_chiusura end as motivo_chiusura,
            case when is_closed then situazione_chiusura end as situazione_chiusura
        ),
        coalesce(first_day < {{ birthday('minors.data_nascita', 18) }}, true) as is_minor,
        least(last_day, {{ birthday('minors.data_nascita', 18) }} - 1) as age_day,
        case when is_minor then {{ age_in_years('minors.data_nascita', 'age_day') }} end as age
    from per_minor
    inner join minors using (minor_id)

)

select * from aged
