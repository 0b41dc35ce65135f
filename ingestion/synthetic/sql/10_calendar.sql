-- Days and semesters. A day's weight is the share of a normal working day's activity that it sees.
create table semesters as
select
    make_date(y, 1 + 6 * half, 1) as starts_on,
    case half when 0 then make_date(y, 6, 30) else make_date(y, 12, 31) end as ends_on
from range(year(period_start()), year(period_end()) + 1) as years(y), range(2) as halves(half);

create table months as
select cast(month as date) as month, cast(last_day(month) as date) as ends_on
from range(cast(period_start() as timestamp), cast(period_end() + 1 as timestamp), interval 1 month) as months(month);

create table calendar as
with days as (
    select period_start() - getvariable('lookback') + cast(n as integer) as day
    from range(period_end() - period_start() + 1 + getvariable('lookback')) as days(n)
),

kinds as (
    select
        day,
        strftime(day, '%m-%d') as month_day,
        isodow(day) as weekday
    from days
)

select
    day,
    case
        when weekday = 7 then 0
        when month_day in (
            '01-01', '01-06', '04-25', '05-01', '06-02', '08-15', '11-01', '12-08', '12-25', '12-26'
        ) then 0
        when weekday = 6 then 0.04
        when month_day between '08-08' and '08-22' then 0.25
        when month_day between '08-01' and '08-31' then 0.5
        when month_day >= '12-24' or month_day <= '01-06' then 0.3
        when month_day between '07-15' and '07-31' then 0.8
        else 1
    end::double as weight
from kinds;
