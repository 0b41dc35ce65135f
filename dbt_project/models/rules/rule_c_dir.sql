-- Co-design, «Servizi associati»: direction and coordination, 32 hours a week on average.
with outcomes as (

    {{ weekly_hours_rule('C-DIR', 'direzione', 32) }}

)

select * from outcomes
