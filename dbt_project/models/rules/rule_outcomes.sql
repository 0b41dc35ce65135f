{{ config(materialized='table') }}
-- Every rule, once: what both marts of rules start from. Records of a withdrawn spell belong to no municipality and
-- count nowhere.
{% set rules = [
    'rule_r05_1', 'rule_r10_1', 'rule_r13_1', 'rule_r14_3', 'rule_r16_1', 'rule_r21_1',
    'rule_r23_1', 'rule_r26_1', 'rule_r31_2a', 'rule_r31_2c', 'rule_r34_1', 'rule_r40_2',
    'rule_r41_1', 'rule_r42_1', 'rule_r46_3', 'rule_r47_4', 'rule_r47_6', 'rule_c_ass',
    'rule_c_psi', 'rule_c_cv', 'rule_c_dir', 'rule_c_sup', 'rule_c_amm', 'rule_c_tec',
    'rule_c_rec', 'rule_l_24m', 'rule_r43_1j'
] -%}
with outcomes as (

    {% for rule in rules %}
    select * from {{ ref(rule) }}
    where municipality_code is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from outcomes
