-- Art. 14 c. 3: as a rule, a supervised meeting lasts no more than 150 minutes, welcome and parting included.
with meetings as (

    select * from {{ ref('fct_intervention') }}
    where tipo = 'incontro_protetto'

),

judged as (

    select
        *,
        case
            when esito <> 'svolto' then 'not_applicable: not_held'
            when durata_minuti <= 150 then 'compliant'
            else 'not_compliant: too_long'
        end as verdict
    from meetings

),

outcomes as (

    {{ rule_rows('R14.3', 'judged', 'id_intervento', 'data_intervento', value='durata_minuti', expected="'150'") }}

)

select * from outcomes
