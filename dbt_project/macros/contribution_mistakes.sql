{#-
    Single mistakes that may explain why a quota is not that of the formula. Each has its `code` in the list
    cost_sharing_mistake (whose order says which is told first), the rows of fct_contribution_due where it can have been
    made (`where`), and the quota that it leads to: the formula with other arguments (`instead`), or `quota`. Two ways
    of making one mistake have the same code.
-#}
{% macro contribution_mistakes() -%}
    {{ return([
        {'code': 'isee_mancante_come_zero', 'where': 'isee is null', 'instead': {'isee': '0'}},
        {'code': 'massima_con_isee', 'where': 'isee is not null', 'instead': {'isee': 'null'}},
        {'code': 'quota_non_chiesta', 'where': 'isee is not null', 'quota': '0'},
        {'code': 'riduzione_dimenticata', 'where': "prestazione = 'struttura'", 'instead': {'ordine_figlio': '1'}},
        {
            'code': 'riduzione_primo_figlio',
            'where': "prestazione = 'struttura' and ordine_figlio = 1",
            'instead': {'ordine_figlio': '2'},
        },
        {'code': 'riduzione_non_prevista', 'where': "prestazione <> 'struttura'", 'quota': 'quota_by_formula * 0.75'},
        {
            'code': 'riduzione_doppia',
            'where': "prestazione = 'struttura' and ordine_figlio > 1",
            'quota': 'quota_by_formula * 0.75',
        },
        {'code': 'minima_dimenticata', 'where': 'isee < isee_finale', 'instead': {'quota_minima': '0'}},
        {
            'code': 'minima_dimenticata',
            'where': 'isee < isee_finale',
            'instead': {'quota_minima': '0', 'contribuzione_massima': '(contribuzione_massima - quota_minima)'},
        },
        {
            'code': 'minima_sotto_soglia',
            'where': 'isee < isee_iniziale',
            'instead': {'isee': 'isee_iniziale'},
        },
        {'code': 'quota_all_euro', 'where': 'true', 'quota': 'floor(quota_by_formula)'},
        {'code': 'quota_all_euro', 'where': 'true', 'quota': 'round(quota_by_formula, 0)'},
    ]) }}
{%- endmacro %}
