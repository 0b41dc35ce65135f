-- Co-design, «Servizi associati»: administrative services, 36 hours a week. The source reads «un monte ore un
-- inferiore a 36»: taken as «non inferiore», and the seed says so wherever the figure is shown.
with outcomes as (

    {{ weekly_hours_rule('C-AMM', 'amministrativi', 36) }}

)

select * from outcomes
