with persons as (

    select year, minor_id, make_date(year, 1, 1) as first_day, least(make_date(year, 12, 31), {{ as_of() }}) as last_day
    from {{ ref('int_sinba_minor') }}

),

spells as (

    select * from {{ ref('fct_spell') }}

),

reports as (

    select * from {{ ref('fct_court_report') }}

),

measures as (

    select * from {{ ref('fct_measure') }}

),

-- The first referral of all, in whatever year: its day and who made it.
referrals as (

    select
        persons.year,
        persons.minor_id,
        min_by(
            struct_pack(referred_on := spells.data_segnalazione, source := spells.fonte_segnalazione),
            (spells.data_segnalazione, spells.codice_ente, spells.id_presa_in_carico)
        ) as first_referral
    from persons
    inner join spells
        on persons.minor_id = spells.minor_id
        and persons.last_day >= spells.data_segnalazione
    group by persons.year, persons.minor_id

),

sent as (

    select persons.year, persons.minor_id, min(reports.data_invio) as reported_on
    from persons
    inner join reports on persons.minor_id = reports.minor_id and persons.last_day >= reports.data_invio
    group by persons.year, persons.minor_id

),

-- Of the measures in force on some day of the year, the latest.
in_force as (

    select
        persons.year,
        persons.minor_id,
        max_by(
            struct_pack(
                autorita := measures.autorita,
                tipo := measures.tipo,
                potesta_tutela := measures.potesta_tutela,
                measured_on := measures.data_provvedimento
            ),
            (measures.data_provvedimento, measures.id_provvedimento, measures.codice_ente)
        ) as measure
    from persons
    inner join measures
        on persons.minor_id = measures.minor_id
        and {{ overlaps_period(
            'measures.data_provvedimento', 'measures.data_fine_validita', 'persons.first_day', 'persons.last_day'
        ) }}
    group by persons.year, persons.minor_id

),

final as (

    select
        persons.year,
        persons.minor_id,
        referrals.first_referral.referred_on as referred_on,
        referrals.first_referral.source as referral_source,
        sent.reported_on,
        in_force.measure.measured_on as measured_on,
        in_force.measure.autorita as measure_authority,
        in_force.measure.tipo as measure_type,
        in_force.measure.potesta_tutela as potesta_tutela
    from persons
    left join referrals using (year, minor_id)
    left join sent using (year, minor_id)
    left join in_force using (year, minor_id)

)

select * from final
