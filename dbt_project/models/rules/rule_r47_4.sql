-- Arts. 14 c. 5, 24 c. 2, 36 c. 3, 47 c. 4: the quota charged is that of the formula.
with outcomes as (

    {{ quota_rule('R47.4') }}

)

select * from outcomes
