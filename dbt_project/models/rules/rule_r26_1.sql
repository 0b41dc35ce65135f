-- Art. 26 c. 1 a) I: the guardianship judge ratifies a consensual placement outside the family.
with records as (

    select * from {{ ref('fct_foster_placement') }}

),

judged as (

    select
        *,
        case
            when forma <> 'consensuale' then 'not_applicable: judicial'
            when collocazione <> 'etero_familiare' then 'not_applicable: within_family'
            when data_ratifica_giudice_tutelare is not null then 'compliant'
            else 'not_compliant: no_ratification'
        end as verdict
    from records

),

outcomes as (

    {{ rule_rows(
        'R26.1', 'judged', 'id_affido', 'data_inizio', value=italian_date('data_ratifica_giudice_tutelare'),
        recorded='data_ratifica_giudice_tutelare is not null'
    ) }}

)

select * from outcomes
