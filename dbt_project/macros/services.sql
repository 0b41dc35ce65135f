{#- Formulas on how services work. -#}

{#- Full-time equivalents: hours over the hours of one full-time professional in the same weeks. -#}
{% macro full_time_equivalents(hours, weeks) -%}
    {{ rate(hours, '(' ~ var('full_time_weekly_hours') ~ ' * ' ~ weeks ~ ')') }}
{%- endmacro %}

{#- The complaint was answered within the term. -#}
{% macro answered_within_term(received, answered) -%}
    coalesce({{ answered }} - {{ received }} <= {{ var('complaint_answer_days') }}, false)
{%- endmacro %}

{#- One can tell whether the term was kept: the answer is there, or the term has run out at the reference date. -#}
{% macro answer_term_is_assessable(received, answered) -%}
    ({{ answered }} is not null or {{ as_of() }} - {{ received }} >= {{ var('complaint_answer_days') }})
{%- endmacro %}

{#- Fees and foster contributions: paid by each municipality's own budget, outside the resources of the co-design. -#}
{% macro is_fee(voce) -%}
    ({{ voce }} in ('retta_struttura', 'contributo_affido'))
{%- endmacro %}

{#- The kind of care that a fee pays for, as int_placement calls it. -#}
{% macro care_type_paid_by(fee) -%}
    case when {{ fee }} = 'contributo_affido' then 'affido' else 'struttura' end
{%- endmacro %}

{#- Areas whose resources belong to all municipalities together: they stand under the total only. -#}
{% macro is_shared_area(area) -%}
    ({{ area }} <> 'equipe_territoriale')
{%- endmacro %}

{#- Sessions on the cases of the teams and on how they work, which the co-design fixes by the year; the rest trains. -#}
{% macro is_supervision(tipo) -%}
    ({{ tipo }} in ('supervisione_clinica', 'supervisione_metodologica'))
{%- endmacro %}

{#- Codes that a figure is about. -#}
{% macro supervised_meeting() -%}
    'incontro_protetto'
{%- endmacro %}

{% macro supervised_meeting_service() -%}
    'spazio_neutro'
{%- endmacro %}
