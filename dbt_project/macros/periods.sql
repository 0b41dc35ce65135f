{#- Formulas on dates. A spell, a placement or a complaint runs from `start` to `finish` (null: still running). -#}

{#- Open at the end of day `day`: started by then and not finished by then. -#}
{% macro open_at_end_of_day(start, finish, day) -%}
    ({{ start }} <= {{ day }} and ({{ finish }} is null or {{ finish }} > {{ day }}))
{%- endmacro %}

{#- Runs on at least one day of the period; a spell that finishes on the first day of the period is in it. -#}
{% macro overlaps_period(start, finish, period_start, period_end) -%}
    ({{ start }} <= {{ period_end }} and ({{ finish }} is null or {{ finish }} >= {{ period_start }}))
{%- endmacro %}

{#- The date lies in the period, both ends included; a missing date lies in none. -#}
{% macro in_period(day, period_start, period_end) -%}
    coalesce({{ day }} between {{ period_start }} and {{ period_end }}, false)
{%- endmacro %}

{#- Open on every day of the period: at the end of its first day at the latest, and still at the end of its last. -#}
{% macro open_throughout(start, finish, period_start, period_end) -%}
    ({{ start }} <= {{ period_start }} and ({{ finish }} is null or {{ finish }} > {{ period_end }}))
{%- endmacro %}

{#- Stock and flow of the period: at its start + opened - closed = at its end. -#}
{% macro stock_and_flow(start, finish, period_start, period_end) -%}
    {{ open_at_end_of_day(start, finish, period_start ~ ' - 1') }} as is_open_at_start,
    {{ in_period(start, period_start, period_end) }} as is_opened,
    {{ in_period(finish, period_start, period_end) }} as is_closed,
    {{ open_at_end_of_day(start, finish, period_end) }} as is_open_at_end
{%- endmacro %}

{#- Days of presence from `first_day` to `last_day`: those of arrival and of departure both count, as facilities bill
    them. Whatever runs in the period has at least one. -#}
{% macro days_of_presence(start, finish, first_day, last_day) -%}
    greatest(
        0, least(coalesce({{ finish }}, {{ last_day }}), {{ last_day }}) - greatest({{ start }}, {{ first_day }}) + 1
    )
{%- endmacro %}

{#- The same day so many months later, or the last of that month where it has no such day: so a term of months runs out
    (art. 2963 c.c.). -#}
{% macro months_later(day, months) -%}
    ({{ day }} + to_months({{ months }}))::date
{%- endmacro %}

{#- Days as months of average length. -#}
{% macro days_in_months(days) -%}
    (({{ days }}) / 30.4375)
{%- endmacro %}

{#- Length of a period in weeks, both ends included. -#}
{% macro weeks_of_period(period_start, period_end) -%}
    (({{ period_end }} - {{ period_start }} + 1) / 7.0)
{%- endmacro %}

{#- Age in completed years. Who is born on 29 February completes a year on 1 March where there is no 29th. -#}
{% macro age_in_years(birth, day) -%}
    (
        year({{ day }}) - year({{ birth }})
        - case
            when month({{ day }}) * 100 + day({{ day }}) < month({{ birth }}) * 100 + day({{ birth }}) then 1
            else 0
        end
    )
{%- endmacro %}

{#- Half-open bands of three years up to 17, then 18+: the codes of the list `age_band`. -#}
{% macro age_band(age) -%}
    case
        when {{ age }} >= 18 then '18+'
        else (({{ age }} // 3) * 3) || '-' || (({{ age }} // 3) * 3 + 2)
    end
{%- endmacro %}

{#- Days from `first_day` to `last_day`, both counted, that come after `covered_until` (null: all of them). -#}
{% macro days_not_covered(first_day, last_day, covered_until) -%}
    greatest({{ last_day }} - greatest({{ first_day }}, coalesce({{ covered_until }} + 1, {{ first_day }})) + 1, 0)
{%- endmacro %}

{#- The day on which a person completes so many years, as `age_in_years` counts them: who is born on 29 February does on
    1 March where there is no 29th. -#}
{% macro birthday(birth, years) -%}
    (
        ({{ birth }} + to_years({{ years }}))::date
        + case when day(({{ birth }} + to_years({{ years }}))::date) <> day({{ birth }}) then 1 else 0 end
    )
{%- endmacro %}
