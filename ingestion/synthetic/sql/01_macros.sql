-- Randomness without a generator: a draw is a hash of (seed, who, what for), so it depends neither on threads nor on
-- the order of rows. The outer hash mixes the bits again: without it, draws of one entity for two purposes would be
-- correlated. The result is in [0, 1).
create macro u(who, salt) as (hash(hash(getvariable('seed'), who, salt)) >> 11) / 9007199254740992.0,
    (who, n, salt) as (hash(hash(getvariable('seed'), who, n, salt)) >> 11) / 9007199254740992.0;

-- A standard normal draw (Box-Muller), a lognormal one by its median and spread, and one item of a list.
create macro z(who, salt) as
    sqrt(-2 * ln(1 - u(who, salt || ' r'))) * cos(2 * pi() * u(who, salt || ' a'));
create macro around(median, spread, who, salt) as median * exp(spread * z(who, salt));
create macro pick(items, draw) as items[1 + cast(floor(draw * len(items)) as integer)];
create macro between_days(low, high, draw) as cast(low + floor(draw * (high - low + 1)) as integer);

create macro period_start() as cast(getvariable('first_day') as date);
create macro period_end() as cast(getvariable('last_day') as date);
create macro halfway() as period_start() + cast((period_end() - period_start()) // 2 as integer);
create macro scale() as cast(getvariable('scale') as double);

create macro semester_end(day date) as
    greatest(
        make_date(year(period_start()), 6, 30),
        case when month(day) <= 6 then make_date(year(day), 6, 30) else make_date(year(day), 12, 31) end
    );
-- The deliveries (ends of semester) that carry a record: one for each day on which it was made or changed.
create macro deliveries_of(days date[]) as list_sort(list_distinct(
    list_transform(list_filter(days, lambda d: d <= period_end()), lambda d: semester_end(d))
));

create macro birthday(born date, age) as cast(born + to_years(age) as date);
create macro age_on(born date, day date) as
    year(day) - year(born) - cast(strftime(day, '%m%d') < strftime(born, '%m%d') as integer);
-- Saturdays and Sundays fall back to the Friday before.
create macro on_weekday(day date) as cast(day - greatest(0, cast(isodow(day) as integer) - 5) as date);
-- A number in at least so many digits.
create macro numbered(prefix, n, width) as
    prefix || lpad(cast(n as varchar), cast(greatest(width, len(cast(n as varchar))) as integer), '0');
