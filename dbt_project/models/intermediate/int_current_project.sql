with spells as (

    select * from {{ ref('fct_spell') }}
    where {{ open_at_end_of_day('data_apertura', 'data_chiusura', as_of()) }}

),

projects as (

    select * from {{ ref('fct_project') }}

),

types as (

    select code as tipo, label as project_type_name
    from {{ ref('code_lists') }}
    where code_list = 'tipo_progetto'

),

-- A newer project of the same type takes the place of the older one.
latest as (

    select projects.*, types.project_type_name
    from projects
    inner join spells using (spell_id)
    left join types using (tipo)
    qualify row_number() over (
        partition by projects.spell_id, projects.tipo
        order by projects.data_progetto desc, projects.id_progetto desc
    ) = 1

)

select * from latest
