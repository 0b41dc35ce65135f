{#- What placements are counted by: the columns of int_placement and their codes, each a column of the mart. -#}
{% macro placement_categories(care_type) -%}
    {%- set categories = {
        'affido': {
            'forma': ['consensuale', 'giudiziale'],
            'collocazione': ['etero_familiare', 'intra_familiare'],
            'intensita': ['residenziale', 'diurno', 'tempo_parziale', 'pronta_accoglienza'],
        },
        'struttura': {
            'tipo_struttura': ['residenziale', 'semiresidenziale'],
            'titolo': ['consenso', 'provvedimento_ag', 'art_403', 'verbale_msna'],
            'con_genitore': ['S', 'N'],
        },
    } -%}
    {{ return(categories[care_type].items()) }}
{%- endmacro %}

{#- How placements end: the classes of the seed placement_outcomes, and those of which it was not said. -#}
{% macro outcome_classes() -%}
    {{ return([
        'rientro_famiglia', 'altra_famiglia', 'adozione', 'struttura', 'autonomia', 'rimpatrio', 'altro', 'non_indicato'
    ]) }}
{%- endmacro %}

{#- The columns of counts of a kind of care, in the order of its mart. -#}
{% macro placement_count_columns(care_type) -%}
    {%- set columns = [
        'at_start', 'started', 'ended', 'at_end', 'over_24_months', 'minors_in_period', 'minors_at_end',
        'minors_at_end_of_age', 'minors_at_end_not_unaccompanied',
    ] -%}
    {%- for stock in ['at_end', 'in_period'] -%}
        {%- for column, codes in placement_categories(care_type) -%}
            {%- for code in codes -%}
                {%- do columns.append(stock ~ '_' ~ column ~ '_' ~ code | lower) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for outcome_class in outcome_classes() -%}
        {%- do columns.append('ended_' ~ outcome_class) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The mart of one kind of care: every period and municipality since its first placement, zeros included. -#}
{% macro placement_mart(care_type, placements) -%}
with grid as (

    {{ municipality_grid(placements, 'data_inizio', ['semester', 'year']) }}

),

counts as (

    select * from {{ ref('int_placement_count') }}
    where care_type = '{{ care_type }}'

),

costs as (

    select * from {{ ref('int_placement_cost') }}
    where care_type = '{{ care_type }}'

),

lengths as (

    select * from {{ ref('int_placement_length') }}
    where care_type = '{{ care_type }}'

),

residents as (

    select * from {{ ref('int_resident_minors') }}

),

final as (

    select
        grid.period_type,
        grid.period,
        grid.municipality_code,
        grid.municipality_name,
        grid.period_start,
        grid.period_end,
        grid.is_complete,
        grid.is_covered,
        {%- for column in placement_count_columns(care_type) %}
        coalesce(counts.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        residents.resident_minors,
        residents.resident_minors_year,
        {{ rate('coalesce(counts.minors_at_end, 0)', 'residents.resident_minors', per=1000) }}
            as per_1000_resident_minors,
        {{ rate('coalesce(counts.minors_at_end_not_unaccompanied, 0)', 'residents.resident_minors', per=1000) }}
            as per_1000_not_unaccompanied,
        coalesce(lengths.cohort, 0) as length_placements,
        coalesce(lengths.cohort_ended, 0) as length_ended,
        lengths.median_months,
        lengths.lower_quartile_months,
        lengths.upper_quartile_months,
        coalesce(costs.days_of_stay, 0) as days_of_stay,
        coalesce(costs.days_without_amount, 0) as days_without_amount,
        coalesce(costs.cost, 0)::decimal(18, 2) as cost
    from grid
    left join counts using (period_type, period, municipality_code)
    left join costs using (period_type, period, municipality_code)
    left join lengths using (period_type, period, municipality_code)
    left join residents using (year, municipality_code)

)

select * from final
{%- endmacro %}
