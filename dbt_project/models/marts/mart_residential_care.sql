with placements as (

    {{ placement_mart('struttura', ref('fct_facility_placement')) }}

)

select * from placements
