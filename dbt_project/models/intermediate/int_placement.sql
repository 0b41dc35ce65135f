with foster_placements as (

    select * from {{ ref('fct_foster_placement') }}
    where spell_id is not null

),

facility_placements as (

    select * from {{ ref('fct_facility_placement') }}
    where spell_id is not null

),

kinds as (

    select * from {{ ref('placement_kinds') }}

),

outcomes as (

    select * from {{ ref('placement_outcomes') }}

),

placements as (

    select
        'affido' as care_type, codice_ente, id_affido as record_id, id_presa_in_carico, minor_id,
        municipality_code,
        data_inizio, data_fine, esito, 'EsitoAffido' as outcome_list,
        'intensita_affido' as kind_list, intensita as kind,
        forma, collocazione, intensita,
        null as tipo_struttura, null as titolo, null as con_genitore,
        contributo_mensile as monthly_amount, null as daily_amount
    from foster_placements
    union all
    select
        'struttura', codice_ente, id_inserimento, id_presa_in_carico, minor_id, municipality_code,
        data_inizio, data_fine, esito, 'EsitoInserimentoStruttura',
        'tipo_struttura', tipo_struttura,
        null, null, null,
        tipo_struttura, titolo, case when con_genitore then 'S' else 'N' end,
        null, retta_giornaliera
    from facility_placements

),

-- What is foreseen for after the reference date has not happened yet.
known as (

    select
        * exclude (data_inizio, data_fine),
        data_inizio as started_on,
        case when data_fine <= {{ as_of() }} then data_fine end as finished_on
    from placements
    where data_inizio <= {{ as_of() }}

),

classified as (

    select
        known.* exclude (esito, outcome_list, kind_list, kind),
        case when known.finished_on is not null then coalesce(outcomes.outcome_class, 'non_indicato') end
            as outcome_class,
        coalesce(kinds.is_overnight, false) and known.con_genitore is distinct from 'S' as is_out_of_home
    from known
    left join kinds on known.kind_list = kinds.code_list and known.kind = kinds.code
    left join outcomes on known.outcome_list = outcomes.code_list and known.esito = outcomes.code

)

select * from classified
