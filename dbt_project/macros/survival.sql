{#-
    How long things last when some still run (Kaplan and Meier, J. Am. Stat. Assoc. 53, 1958): at each length at which
    one ended, the share that lasts longer is the product of (at risk - ended) / at risk over the lengths up to it.
    `time` is a length, `leaving` how many ended or were last seen at it, `ended` how many of them ended; who was last
    seen at a length is still at risk at it. One row per length; `by` are the columns of the group.
-#}

{#- Those that lasted at least so long. -#}
{% macro at_risk(leaving, time, by) -%}
    sum({{ leaving }}) over (partition by {{ by | join(', ') }} order by {{ time }} desc)::bigint
{%- endmacro %}

{#- Share that lasts longer. Rounded far beyond any use of it, so that an exact half is one half. -#}
{% macro product_limit(ended, at_risk, time, by) -%}
    round(
        product(cast({{ at_risk }} - {{ ended }} as double) / {{ at_risk }})
            over (partition by {{ by | join(', ') }} order by {{ time }}),
        12
    )
{%- endmacro %}

{#- The length by which the share `left` has ended: the first at which no more than the rest lasts longer; null when
    that has not been seen. -#}
{% macro survival_quantile(time, survival, left) -%}
    min({{ time }}) filter (where {{ survival }} <= {{ 1 - left }})
{%- endmacro %}
