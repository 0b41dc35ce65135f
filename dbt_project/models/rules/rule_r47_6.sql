-- Art. 47 c. 6: for the children after the first in a facility, the quota is reduced by 25%.
with outcomes as (

    {{ quota_rule('R47.6', not_applicable_when="prestazione <> 'struttura' or ordine_figlio = 1") }}

)

select * from outcomes
