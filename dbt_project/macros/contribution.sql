{#-
    The unit quota that a parent owes (arts. 14 c. 5, 24 c. 2, 36 c. 3, 47 cc. 4 and 6), rounded half up to the cent,
    once, at the end: in whole numbers of ten-thousandths, so that the rounding is exact.
-#}
{% macro contribution_quota(
    prestazione, isee, isee_iniziale, isee_finale, quota_minima, contribuzione_massima, ordine_figlio
) -%}
    {%- set exact = {} -%}
    {%- for name, value in {
        'isee': isee, 'low': isee_iniziale, 'high': isee_finale, 'most': contribuzione_massima
    }.items() -%}
        {%- do exact.update({name: '(' ~ value ~ ' * 10000)::hugeint'}) -%}
    {%- endfor -%}
    {%- set least = "case when " ~ prestazione ~ " in ('affido', 'struttura') then (" ~ quota_minima
        ~ " * 10000)::hugeint else 0 end" -%}
    {%- set range = '(' ~ exact.high ~ ' - ' ~ exact.low ~ ')' -%}
    {%- set due = "case when " ~ isee ~ " < " ~ isee_iniziale ~ " then 0"
        ~ " when " ~ isee ~ " is null or " ~ isee ~ " >= " ~ isee_finale ~ " then " ~ exact.most ~ " * " ~ range
        ~ " else " ~ least ~ " * " ~ range
        ~ " + (" ~ exact.isee ~ " - " ~ exact.low ~ ") * (" ~ exact.most ~ " - " ~ least ~ ") end" -%}
    {%- set quarters = "case when " ~ prestazione ~ " = 'struttura' and " ~ ordine_figlio ~ " > 1 then 3 else 4 end" -%}
    (
        ((2 * ({{ due }}) * ({{ quarters }}) + 400 * {{ range }}) // (800 * {{ range }}))::decimal(18, 2) / 100
    )::decimal(18, 2)
{%- endmacro %}
