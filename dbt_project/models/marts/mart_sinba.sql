with persons as (

    select * from {{ ref('int_sinba_minor') }}

),

minors as (

    select * from {{ ref('dim_minor') }}

),

acts as (

    select * from {{ ref('int_sinba_act') }}

),

placements as (

    select * from {{ ref('int_sinba_placement') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

final as (

    select
        persons.year,
        minors.first_spell as minor,
        persons.municipality_code,
        municipalities.municipality_name,
        persons.codice_ente,
        persons.spells,
        persons.services,
        persons.is_minor,
        persons.age,
        year(minors.data_nascita)::integer as birth_year,
        minors.is_unaccompanied,
        minors.condizione_minore,
        minors.luogo_vita,
        minors.scuola_frequentata,
        minors.condizione_lavoro,
        minors.is_disabled,
        minors.composizione_famiglia,
        minors.comune_residenza,
        acts.referred_on,
        acts.referral_source,
        persons.valutazione_minore,
        persons.valutazione_famiglia,
        acts.reported_on,
        acts.measured_on,
        acts.measure_authority,
        acts.measure_type,
        coalesce(acts.measure_authority = 'pubblica_autorita_403', false) as is_removal_403,
        acts.potesta_tutela,
        placements.foster_form,
        placements.foster_kinship,
        placements.foster_intensity,
        placements.foster_outcome,
        placements.facility_character,
        placements.facility_title,
        placements.facility_with_parent,
        placements.facility_outcome,
        persons.is_closed,
        persons.motivo_chiusura,
        persons.situazione_chiusura
    from persons
    inner join minors using (minor_id)
    inner join municipalities using (municipality_code)
    left join acts using (year, minor_id)
    left join placements using (year, minor_id)

)

select * from final
