with persons as (

    select year, minor_id, make_date(year, 1, 1) as first_day, least(make_date(year, 12, 31), {{ as_of() }}) as last_day
    from {{ ref('int_sinba_minor') }}

),

foster_placements as (

    select * from {{ ref('fct_foster_placement') }}

),

facility_placements as (

    select * from {{ ref('fct_facility_placement') }}
    where tipo_struttura = 'residenziale'

),

-- Of several placements in the year, the one that began last; its outcome when it ended in the year.
fostered as (

    select
        persons.year,
        persons.minor_id,
        max_by(
            struct_pack(
                forma := placements.forma,
                collocazione := placements.collocazione,
                intensita := placements.intensita,
                esito := case when placements.data_fine <= persons.last_day then placements.esito end
            ),
            (placements.data_inizio, placements.codice_ente, placements.id_affido)
        ) as placement
    from persons
    inner join foster_placements as placements
        on persons.minor_id = placements.minor_id
        and {{ overlaps_period('placements.data_inizio', 'placements.data_fine', 'persons.first_day', 'persons.last_day') }}
    group by persons.year, persons.minor_id

),

housed as (

    select
        persons.year,
        persons.minor_id,
        max_by(
            struct_pack(
                carattere := placements.carattere,
                titolo := placements.titolo,
                con_genitore := placements.con_genitore,
                esito := case when placements.data_fine <= persons.last_day then placements.esito end
            ),
            (placements.data_inizio, placements.codice_ente, placements.id_inserimento)
        ) as placement
    from persons
    inner join facility_placements as placements
        on persons.minor_id = placements.minor_id
        and {{ overlaps_period('placements.data_inizio', 'placements.data_fine', 'persons.first_day', 'persons.last_day') }}
    group by persons.year, persons.minor_id

),

final as (

    select
        persons.year,
        persons.minor_id,
        fostered.placement.forma as foster_form,
        fostered.placement.collocazione as foster_kinship,
        fostered.placement.intensita as foster_intensity,
        fostered.placement.esito as foster_outcome,
        housed.placement.carattere as facility_character,
        housed.placement.titolo as facility_title,
        housed.placement.con_genitore as facility_with_parent,
        housed.placement.esito as facility_outcome
    from persons
    left join fostered using (year, minor_id)
    left join housed using (year, minor_id)

)

select * from final
