with deadlines as (

    select * from {{ ref('int_deadline') }}

),

-- Once anybody delivered spells, no deadline is a zero; before, it would be an unknown.
places as (

    select * from {{ ref('dim_municipality') }}
    where exists (select 1 from {{ ref('fct_spell') }})

),

kinds as (

    select * from {{ ref('deadline_kinds') }}

),

counted as (

    select
        deadline_kind,
        {{ or_total('municipality_code') }},
        count(*) filter (where is_overdue) as overdue,
        count(*) filter (where not is_overdue) as upcoming,
        count(*) as deadlines,
        min(due_date) filter (where is_overdue) as oldest_due_date,
        min(due_date) filter (where not is_overdue) as next_due_date
    from deadlines
    group by deadline_kind, rollup (municipality_code)

),

final as (

    select
        kinds.deadline_kind,
        places.municipality_code,
        kinds.name as deadline_name,
        places.municipality_name,
        kinds.article,
        kinds.horizon_days,
        kinds.sort_order as deadline_order,
        coalesce(counted.overdue, 0) as overdue,
        coalesce(counted.upcoming, 0) as upcoming,
        coalesce(counted.deadlines, 0) as deadlines,
        counted.oldest_due_date,
        counted.next_due_date
    from kinds
    cross join places
    left join counted using (deadline_kind, municipality_code)

)

select * from final
