with kinds as (

    select * from {{ ref('deadline_kinds') }}

),

court_reports as (

    select * from {{ ref('fct_court_report') }}
    where data_invio is null

),

projects as (

    select * from {{ ref('int_current_project') }}

),

spells as (

    select * from {{ ref('fct_spell') }}
    where {{ open_at_end_of_day('data_apertura', 'data_chiusura', as_of()) }}

),

minors as (

    select minor_id, {{ birthday('data_nascita', 18) }} as adulthood from {{ ref('dim_minor') }}

),

-- One whose end is known and comes by the limit asks for nothing.
placements as (

    select *, {{ months_later('data_inizio', var('long_placement_months')) }} as limit_day
    from {{ ref('fct_foster_placement') }}
    where spell_id is not null
        and {{ open_at_end_of_day('data_inizio', 'data_fine', as_of()) }}
        and coalesce(data_fine > limit_day, true)

),

-- Of the birth only the month is told: what is to be done is due by the day before it begins.
growing_up as (

    select spells.*, minors.adulthood
    from spells
    inner join minors using (minor_id)
    where minors.adulthood > {{ as_of() }}

),

dated as (

    select
        'relazione_ag' as deadline_kind, municipality_code, codice_ente, null::varchar as service_code,
        id_relazione as record_id, data_scadenza as due_date, id_provvedimento as detail_value
    from court_reports
    union all
    select 'progetto_fine', municipality_code, codice_ente, service_code, id_progetto, data_fine_prevista, project_type_name
    from projects
    where data_fine_prevista is not null
    union all
    -- Whether a review that was planned took place is not told: only those ahead are listed.
    select 'progetto_verifica', municipality_code, codice_ente, service_code, id_progetto, data_verifica, project_type_name
    from projects
    where data_verifica >= {{ as_of() }}
    union all
    select 'affido_24_mesi', municipality_code, codice_ente, service_code, id_affido, limit_day, {{ italian_date('data_inizio') }}
    from placements
    union all
    select
        'diciotto_anni', municipality_code, codice_ente, service_code, id_presa_in_carico,
        (date_trunc('month', adulthood) - interval 1 day)::date, strftime(adulthood, '%m/%Y')
    from growing_up

),

due as (

    select
        dated.*,
        dated.due_date - {{ as_of() }} as days_left,
        dated.due_date < {{ as_of() }} as is_overdue
    from dated
    inner join kinds using (deadline_kind)
    where dated.due_date <= {{ as_of() }} + kinds.horizon_days

)

select * from due
