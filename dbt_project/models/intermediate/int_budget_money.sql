with items as (

    {{ budget_items() }}

),

summed as (

    select
        year::integer as year,
        municipality_code,
        {{ or_total('area') }},
        sum(allotted)::decimal(18, 2) as allotted,
        sum(committed)::decimal(18, 2) as committed,
        sum(spent)::decimal(18, 2) as spent,
        sum(fees_committed)::decimal(18, 2) as fees_committed,
        sum(fees_spent)::decimal(18, 2) as fees_spent
    from items
    group by year, municipality_code, rollup (area)
    having area is not null or grouping(area) = 1

)

select * from summed
