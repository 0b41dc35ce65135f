-- Art. 34 c. 1: foster care ends at 18, unless its prolongation was decreed.
with outcomes as (

    {{ adulthood_rule('R34.1', ref('fct_foster_placement'), 'id_affido') }}

)

select * from outcomes
