-- Art. 40 c. 2: to stay in a facility past 18 takes a prolongation.
with outcomes as (

    {{ adulthood_rule('R40.2', ref('fct_facility_placement'), 'id_inserimento') }}

)

select * from outcomes
