with expenditure as (

    select * from {{ ref('fct_expenditure') }}

),

-- Each item stands under the municipality that bears it and under the Ambito; a shared one that names none, there only.
borne as (

    select bearer_code as municipality_code, * exclude (municipality_code, bearer_code)
    from expenditure
    where bearer_code <> {{ total_code('municipality_code') }}
    union all
    select {{ total_code('municipality_code') }}, * exclude (municipality_code, bearer_code)
    from expenditure

)

select * from borne
