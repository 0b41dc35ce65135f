{#- What the survey on minors out of home is told by: each dimension, the list of its codes and the column or band that
    gives the code of a placement. -#}
{% macro survey_dimensions() -%}
    {{ return([
        ('totale', 'total_survey', "'TUTTI'"),
        ('eta', 'fascia_eta_rilevazione', 'ages.code'),
        ('sesso', 'sesso', 'placements.sex'),
        ('cittadinanza', 'cittadinanza', 'placements.citizenship'),
        ('forma', 'forma_accoglienza', 'placements.form'),
        ('collocazione', 'collocazione_affido', 'placements.kinship'),
        ('durata', 'durata_accoglienza', 'lengths.code'),
        ('destinazione', 'outcome_class', 'placements.destination'),
    ]) }}
{%- endmacro %}

{#- The band of completed years, from the seed survey_bands: half-open. -#}
{% macro in_survey_band(band_list, years, bands) -%}
    {{ bands }}.band_list = '{{ band_list }}'
    and {{ years }} >= {{ bands }}.from_years
    and ({{ bands }}.to_years is null or {{ years }} < {{ bands }}.to_years)
{%- endmacro %}
