{#- Shapes that rules share. A rule judges each record with a `verdict`: an outcome, and after a colon the reason where
    the outcome has several; the seed rule_verdicts says each in words. -#}

{#-
    The rows of a rule, from its judged records (with codice_ente, municipality_code, service_code, verdict). `value`
    and `expected` are texts; `recorded` tells whether the record holds what the rule needs to know, where `asked`: a
    body that never recorded it is told from one that breaks the rule.
-#}
{% macro rule_rows(
    rule_id, judged, record_id, event_date, value='null', expected='null', recorded='true',
    asked="verdict not like 'not_applicable%'", cost='null'
) -%}
    select
        '{{ rule_id }}' as rule_id,
        municipality_code,
        codice_ente,
        service_code,
        {{ record_id }} as record_id,
        {{ event_date }} as event_date,
        split_part(verdict, ':', 1) as outcome,
        verdict,
        {{ value }}::varchar as value_found,
        {{ expected }}::varchar as value_expected,
        ({{ cost }})::decimal(18, 2) as cost_to_recover,
        case when {{ asked }} then {{ recorded }} end as is_recorded
    from {{ judged }}
{%- endmacro %}

{#- The rows of a rule that looks at a whole period of the Ambito: the record is the period itself. -#}
{% macro period_rule_rows(rule_id, judged, value, expected) -%}
    select
        '{{ rule_id }}' as rule_id,
        {{ total_code('municipality_code') }} as municipality_code,
        {{ total_code('municipality_code') }} as codice_ente,
        null::varchar as service_code,
        period as record_id,
        period_end as event_date,
        split_part(verdict, ':', 1) as outcome,
        verdict,
        {{ value }}::varchar as value_found,
        {{ expected }}::varchar as value_expected,
        null::decimal(18, 2) as cost_to_recover,
        is_recorded
    from {{ judged }}
{%- endmacro %}

{#- Day of the first act of a kind in each spell, where the condition holds. -#}
{% macro first_acts(kind, condition='true') -%}
    select spell_id, min(data_intervento) as first_act
    from {{ ref('fct_intervention') }}
    where tipo = '{{ kind }}' and {{ condition }}
    group by spell_id
{%- endmacro %}

{#- The running period of a placement as far as it is known: its end, or the reference date while it is open. -#}
{% macro known_end(finish) -%}
    least(coalesce({{ finish }}, {{ as_of() }}), {{ as_of() }})
{%- endmacro %}

{#- Arts. 34 c. 1 and 40 c. 2: a placement does not run past the eighteenth birthday, unless it was prolonged. -#}
{% macro adulthood_rule(rule_id, placements, record_id) -%}
with placements as (

    select * from {{ placements }}

),

minors as (

    select minor_id, data_nascita from {{ ref('dim_minor') }}

),

dated as (

    select
        placements.*,
        {{ known_end('placements.data_fine') }} as known_end,
        {{ birthday('minors.data_nascita', 18) }} as adulthood
    from placements
    left join minors using (minor_id)

),

judged as (

    select
        *,
        case
            when data_inizio > {{ as_of() }} then 'not_applicable: not_started'
            when prosieguo_amministrativo then 'compliant'
            when adulthood is null then 'not_assessable: no_birth'
            when known_end <= adulthood then 'compliant'
            else 'not_compliant: adult'
        end as verdict
    from dated

),

outcomes as (

    {{ rule_rows(
        rule_id, 'judged', record_id, 'least(known_end, coalesce(adulthood, known_end))',
        value=italian_date('known_end'), expected=italian_date('adulthood'), recorded='adulthood is not null'
    ) }}

)

select * from outcomes
{%- endmacro %}

{#- Arts. 14, 24, 36 and 47: the quota charged is that of the formula, to the cent, unless it is a derogation. -#}
{% macro quota_rule(rule_id, not_applicable_when='false') -%}
with contributions as (

    select * from {{ ref('fct_contribution_due') }}

),

judged as (

    select
        *,
        case
            when {{ not_applicable_when }} then 'not_applicable: first_child'
            when is_assessable and not {{ contribution_differs('quota_unitaria', 'quota_by_formula') }} then 'compliant'
            when deroga then 'compliant: derogation'
            when not is_assessable then 'not_assessable: no_tariff'
            else 'not_compliant: different_quota'
        end as verdict
    from contributions

),

outcomes as (

    {{ rule_rows(
        rule_id, 'judged', 'id_compartecipazione', 'mese', value=italian_number('quota_unitaria', 2),
        expected=italian_number('quota_by_formula', 2), recorded='is_assessable'
    ) }}

)

select * from outcomes
{%- endmacro %}

{#- Hours of a service in a semester over its weeks, against the hours a week that the co-design asks for. -#}
{% macro weekly_hours_rule(rule_id, service, weekly_hours) -%}
with staff_hours as (

    select * from {{ ref('fct_staff_hours') }}

),

semesters as (

    select * from {{ ref('dim_period') }}
    where period_type = 'semester'
        and period_start <= {{ as_of() }}
        and {{ since_first('period_start', ref('fct_staff_hours'), 'mese') }}

),

counted as (

    select
        semesters.period,
        semesters.period_end,
        semesters.is_complete,
        count(staff_hours.mese) as delivered,
        count(*) filter (where staff_hours.service_code = '{{ service }}') > 0 as is_recorded,
        coalesce(sum(staff_hours.ore) filter (where staff_hours.service_code = '{{ service }}'), 0)
        / {{ weeks_of_period('semesters.period_start', 'semesters.period_end') }} as hours_per_week
    from semesters
    left join staff_hours
        on {{ in_period('staff_hours.mese', 'semesters.period_start', 'semesters.period_end') }}
    group by semesters.period, semesters.period_start, semesters.period_end, semesters.is_complete

),

judged as (

    select
        *,
        case
            when hours_per_week >= {{ weekly_hours }} then 'compliant'
            when not is_complete then 'not_assessable: period_open'
            when delivered = 0 then 'not_assessable: no_hours'
            else 'not_compliant: too_few'
        end as verdict
    from counted

),

outcomes as (

    {{ period_rule_rows(
        rule_id, 'judged', value=italian_number('hours_per_week', 2), expected="'" ~ weekly_hours ~ "'"
    ) }}

)

select * from outcomes
{%- endmacro %}

{#- What a rule may find in a record: the codes of the list `rule_outcome`, in its order. -#}
{% macro rule_outcomes() -%}
    {{ return(['compliant', 'not_compliant', 'not_assessable', 'not_applicable']) }}
{%- endmacro %}

{#- A count of the rows of each outcome. -#}
{% macro outcome_counts() -%}
    {%- for outcome in rule_outcomes() -%}
        count(*) filter (where outcome = '{{ outcome }}') as {{ outcome }}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}
