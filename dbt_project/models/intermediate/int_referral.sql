with spells as (

    select * from {{ ref('fct_spell') }}

),

-- One referral may open several spells: it belongs to the municipality of the first.
referred as (

    select
        minor_id,
        data_segnalazione as referred_on,
        min(data_apertura) as opened_on,
        min_by(municipality_code, (data_apertura, codice_ente, id_presa_in_carico)) as municipality_code
    from spells
    where data_segnalazione is not null
    group by minor_id, data_segnalazione

),

while_open as (

    select distinct referred.minor_id, referred.referred_on
    from referred
    inner join spells
        on referred.minor_id = spells.minor_id
        and spells.data_apertura < referred.referred_on
        and {{ open_at_end_of_day('spells.data_apertura', 'spells.data_chiusura', 'referred.referred_on') }}

),

counted as (

    select
        referred.*,
        {{ months_later('referred.referred_on', var('follow_up_months')) }} as followed_until,
        lead(referred.referred_on) over (partition by referred.minor_id order by referred.referred_on)
            as referred_again_on
    from referred
    left join while_open using (minor_id, referred_on)
    where while_open.minor_id is null

),

followed as (

    select
        *,
        opened_on - referred_on as days_to_opening,
        followed_until > {{ as_of() }} as is_immature,
        coalesce(referred_again_on <= followed_until, false) as is_referred_again
    from counted

)

select * from followed
