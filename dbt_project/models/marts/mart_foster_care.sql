with placements as (

    {{ placement_mart('affido', ref('fct_foster_placement')) }}

)

select * from placements
