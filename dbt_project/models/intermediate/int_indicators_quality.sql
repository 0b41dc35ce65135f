with complaints as (

    select * from {{ ref('int_complaint_count') }}

),

controls as (

    select * from {{ ref('int_control_count') }}

),

acts as (

    select * from {{ ref('int_service_usage') }}
    where intervention_type = {{ total_code('intervention_type') }}

),

surveys as (

    select * from {{ ref('int_survey_period') }}

),

every_phase as (

    select * from surveys
    where phase = {{ total_code('phase') }}

),

indicators as (

    {{ indicator('interventi_svolti', 'delivered', 'interventions') }}
    from acts
    union all
    {{ indicator('reclami_100_minori', 'received', 'minors_in_period') }}
    from complaints
    where minors_in_period is not null
    union all
    {{ indicator('reclami_entro_termine', 'answered_within_term', 'term_assessable') }}
    from complaints
    union all
    {{ indicator('reclami_accolti', 'upheld', 'answered') }}
    from complaints
    union all
    {{ indicator('questionari_restituiti', 'returned_of_distributed', 'distributed') }}
    from every_phase
    union all
    {{ indicator('soddisfatti_totale', 'satisfied', 'answers') }}
    from every_phase
    union all
    {{ indicator_by('soddisfatti', 'phase', 'satisfied', 'answers') }}
    from surveys
    where phase <> {{ total_code('phase') }}
    union all
    {{ indicator('controlli_con_rilievi', 'with_findings', 'controls') }}
    from controls
    union all
    {{ indicator('prestazioni_conformi', 'services_conforming', 'services_checked') }}
    from controls

)

select * from indicators
