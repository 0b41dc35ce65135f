{#- Formulas on counts and samples. -#}

{#- A rate, or `per` units of the denominator; null, never 0, when there is nothing to divide by. -#}
{% macro rate(numerator, denominator, per=1) -%}
    cast({{ numerator }} as double) {% if per != 1 %}* {{ per }} {% endif %}/ nullif({{ denominator }}, 0)
{%- endmacro %}

{#- Whole-number sum of the rows where the condition holds; 0 when there are none. -#}
{% macro sum_where(value, condition) -%}
    coalesce(sum({{ value }}) filter (where {{ condition }}), 0)::bigint
{%- endmacro %}

{#- Distinct values where the condition holds. A list per group is several times faster than count(distinct) when
    many grouping sets are counted at once. -#}
{% macro count_distinct_where(value, condition='true') -%}
    coalesce(list_unique(list({{ value }}) filter (where {{ condition }})), 0)::bigint
{%- endmacro %}

{#- Middle value of those where the condition holds; the mean of the two in the middle when they are even. -#}
{% macro median_where(value, condition) -%}
    median({{ value }}) filter (where {{ condition }})
{%- endmacro %}

{#- The same median of values that come with their count: `cumulated` counts up to the value, `total` all of them. -#}
{% macro median_of_counted(value, cumulated, total) -%}
    (
        min({{ value }}) filter (where {{ cumulated }} >= ({{ total }} + 1) // 2)
        + min({{ value }}) filter (where {{ cumulated }} >= {{ total }} // 2 + 1)
    ) / 2.0
{%- endmacro %}

{#- Part of an amount of euros, `part` over `whole` in whole numbers, to the cent and half up: in ten thousandths, as
    amounts are delivered, so that it is exact. -#}
{% macro share_of_amount(amount, part, whole) -%}
    cast(
        ((2 * cast({{ amount }} * 10000 as bigint) * {{ part }} + 100 * {{ whole }}) // (200 * {{ whole }})) * 0.01
        as decimal(18, 2)
    )
{%- endmacro %}

{#- Standard normal quantile of a two-sided 95% interval. -#}
{% macro z_95() -%}
    1.959963984540054
{%- endmacro %}

{#- Wilson score interval (95%) of a share; null without trials. -#}
{% macro wilson_low(successes, trials) -%}
    case when {{ trials }} > 0 then greatest(0, {{ _wilson_bound(successes, trials, '-') }}) end
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    case when {{ trials }} > 0 then least(1, {{ _wilson_bound(successes, trials, '+') }}) end
{%- endmacro %}

{% macro _wilson_bound(successes, trials, sign) -%}
    (
        {{ successes }} + {{ z_95() }} ** 2 / 2
        {{ sign }} {{ z_95() }} * sqrt(
            {{ successes }} * ({{ trials }} - {{ successes }}) / cast({{ trials }} as double) + {{ z_95() }} ** 2 / 4
        )
    ) / ({{ trials }} + {{ z_95() }} ** 2)
{%- endmacro %}

{#- Sample standard deviation of whole numbers, from their sums: exact, so that it does not depend on the order in
    which parallel threads meet the rows; null under two values. -#}
{% macro deviation_of_integers(value) -%}
    sqrt(
        cast(count({{ value }}) * sum({{ value }} * {{ value }}) - sum({{ value }}) * sum({{ value }}) as double)
        / nullif(count({{ value }}) * (count({{ value }}) - 1), 0)
    )
{%- endmacro %}

{#- Normal interval (95%) of a mean from its standard deviation; null under two values. -#}
{% macro mean_low(mean, deviation, size) -%}
    ({{ mean }} - {{ z_95() }} * {{ deviation }} / sqrt({{ size }}))
{%- endmacro %}

{% macro mean_high(mean, deviation, size) -%}
    ({{ mean }} + {{ z_95() }} * {{ deviation }} / sqrt({{ size }}))
{%- endmacro %}
