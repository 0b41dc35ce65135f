{#-
    What a family pays for a service (regolamento degli interventi per i minori, arts. 14, 24, 36 and 47). These are the
    only formulas of it: models use them here, whoever opens a release calls them by the same names
    (`publish_contribution_formulas`).
-#}

{#-
    The quota of one obliged person for one unit, in euro: nothing under the initial ISEE; the maximum from the final
    ISEE on or when no ISEE was presented; in between a straight line from the minimum (foster care and placements;
    from 0 for meetings and home education) to the maximum. Further children in a placement pay 75%. Null without a
    tariff. Whole ten-thousandths, as contracts have them, so nothing is lost; rounded once, half up, to the cent.
-#}
{% macro contribution_quota(
    prestazione, isee, isee_iniziale, isee_finale, quota_minima, contribuzione_massima, ordine_figlio
) -%}
    {%- set initial = _ten_thousandths(isee_iniziale) -%}
    {%- set above = '(' ~ _ten_thousandths(isee) ~ ' - ' ~ initial ~ ')' -%}
    {%- set width = '(' ~ _ten_thousandths(isee_finale) ~ ' - ' ~ initial ~ ')' -%}
    {%- set highest = _ten_thousandths(contribuzione_massima) -%}
    {%- set lowest -%}
        case when {{ prestazione }} in ('affido', 'struttura') then {{ _ten_thousandths(quota_minima) }} else 0 end
    {%- endset -%}
    {%- set quarters -%}
        case when {{ prestazione }} = 'struttura' and {{ ordine_figlio }} > 1 then 3 else 4 end
    {%- endset -%}
    case
        when {{ above }} < 0 then 0::decimal(18, 2)
        when {{ isee }} is null or {{ above }} >= {{ width }}
            then {{ _cents_half_up(highest ~ ' * ' ~ quarters, '400') }}
        else {{ _cents_half_up(
            '(' ~ lowest ~ ' * ' ~ width ~ ' + ' ~ above ~ ' * (' ~ highest ~ ' - ' ~ lowest ~ ')) * ' ~ quarters,
            '(400 * ' ~ width ~ ')'
        ) }}
    end
{%- endmacro %}

{#- What is due for a month: the quota of a unit by the units, rounded half up to the cent. -#}
{% macro contribution_due(quota, quantita) -%}
    cast(round(cast({{ quota }} as decimal(20, 4)) * cast({{ quantita }} as decimal(18, 4)), 2) as decimal(38, 2))
{%- endmacro %}

{#- An amount with four decimals as a whole number. -#}
{% macro _ten_thousandths(amount) -%}
    (cast({{ amount }} as decimal(24, 4)) * 10000)::hugeint
{%- endmacro %}

{#- A ratio of whole numbers, both 0 or more, as an amount: its nearest cent, halves up. -#}
{% macro _cents_half_up(numerator, denominator) -%}
    (((2 * {{ numerator }} + {{ denominator }}) // (2 * {{ denominator }}))::decimal(18, 0) * 0.01)::decimal(18, 2)
{%- endmacro %}

{#- The amount charged is not that of the formula: a cent of difference is a rounding. -#}
{% macro contribution_differs(charged, by_formula) -%}
    (abs({{ charged }} - {{ by_formula }}) > 0.01)
{%- endmacro %}

{#- Half-open bands of 5,000 euro up to 30,000, then 30000+: the codes of the list `isee_band`. -#}
{% macro isee_band(isee) -%}
    case
        when {{ isee }} is null then 'non_presentato'
        when {{ isee }} >= 30000 then '30000+'
        else (floor({{ isee }})::bigint // 5000 * 5000) || '-' || (floor({{ isee }})::bigint // 5000 * 5000 + 5000)
    end
{%- endmacro %}

{#- What marts tell of a set of contributions; an obliged person is a minor's parent or grandparent. -#}
{% macro contribution_measures() -%}
    count(*) as contributions,
    {{ count_distinct_where('obliged_person') }} as obliged_persons,
    {{ count_distinct_where('obliged_person', 'importo_dovuto > 0') }} as payers,
    coalesce(sum(due_by_formula), 0)::decimal(38, 2) as due_by_formula,
    sum(importo_dovuto)::decimal(38, 2) as charged,
    sum(importo_versato)::decimal(38, 2) as paid
{%- endmacro %}

{#- The arguments of `contribution_quota`, by name: columns of fct_contribution_due. -#}
{% macro contribution_parameters() -%}
    {{ return([
        'prestazione', 'isee', 'isee_iniziale', 'isee_finale', 'quota_minima', 'contribuzione_massima', 'ordine_figlio'
    ]) }}
{%- endmacro %}

{#- The formula over the columns of fct_contribution_due, some of them replaced. -#}
{% macro contribution_quota_with(instead) -%}
    {%- set arguments = [] -%}
    {%- for name in contribution_parameters() -%}
        {%- do arguments.append(instead.get(name, name)) -%}
    {%- endfor -%}
    {{ contribution_quota(*arguments) }}
{%- endmacro %}

{#- A threshold of ISEE raised or lowered by a share (0.05: 5% more), in exact decimals as contracts have them. -#}
{% macro changed_threshold(threshold, change) -%}
    cast(round({{ threshold }} * (1 + cast({{ change }} as decimal(9, 4))), 4) as decimal(24, 4))
{%- endmacro %}

{#- The formulas as functions of the release, from the same text: `select contribution_quota(…)` in a release. -#}
{% macro publish_contribution_formulas() -%}
    {%- set release = target.database ~ '.' ~ target.schema -%}
    {%- set parameters = contribution_parameters() -%}
    create or replace macro {{ release }}.contribution_quota({{ parameters | join(', ') }}) as
    {{ contribution_quota(*parameters) }};

    create or replace macro {{ release }}.contribution_due(quota, quantita) as
    {{ contribution_due('quota', 'quantita') }};
{%- endmacro %}
