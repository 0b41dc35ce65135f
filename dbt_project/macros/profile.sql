{#- What the caseload is described by: each dimension (a column of int_spell_profile) and the list of its codes. -#}
{% macro profile_dimensions() -%}
    {{ return({
        'age_band': 'age_band',
        'sex': 'sesso',
        'citizenship': 'cittadinanza',
        'unaccompanied': 'si_no',
        'referral_source': 'FonteSegnalazione',
        'assessment': 'ValutazioneMinore',
        'closing_reason': 'MotivazioneChiusuraCarico',
    }) }}
{%- endmacro %}
