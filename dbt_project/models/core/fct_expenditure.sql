with expenditure as (

    select * from {{ ref('stg_spese') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

classified as (

    select
        expenditure.codice_ente,
        expenditure.id_spesa,
        expenditure.municipality_code,
        expenditure.service_code,
        services.area,
        expenditure.voce,
        expenditure.fonte,
        expenditure.data_competenza,
        expenditure.id_presa_in_carico,
        {{ is_fee('expenditure.voce') }} as is_fee,
        {{ is_shared_area('services.area') }} and not is_fee as is_shared,
        case
            when is_shared and expenditure.comune_riferimento is null then {{ total_code('municipality_code') }}
            else expenditure.municipality_code
        end as bearer_code,
        coalesce(expenditure.importo_impegnato, 0) as committed,
        expenditure.importo as spent
    from expenditure
    left join services using (service_code)

)

select * from classified
