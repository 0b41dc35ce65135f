-- What is this: columns of marts without a description in the seed mart_columns, or descriptions of no column.
-- When does it matter: reports and dashboards print label, definition and format from the seed; a column without
-- them cannot be shown, a description without its column was left behind.
-- How to resolve: add or remove the row in seeds/mart_columns.csv.
with columns_built as (

    select table_name as mart, column_name
    from information_schema.columns
    where table_catalog = '{{ ref("mart_budget").database }}'
        and table_schema = '{{ ref("mart_budget").schema }}'

),

described as (

    select mart, column_name from {{ ref('mart_columns') }}

),

mismatches as (

    select
        coalesce(columns_built.mart, described.mart) as mart,
        coalesce(columns_built.column_name, described.column_name) as column_name,
        case when described.mart is null then 'not described' else 'not built' end as problem
    from columns_built
    full join described using (mart, column_name)
    where columns_built.mart is null or described.mart is null

)

{% for mart in [
    'mart_budget_progress', 'mart_caseload_by_municipality', 'mart_caseload_profile', 'mart_complaints',
    'mart_complaints_by_category', 'mart_contact', 'mart_contract_hours', 'mart_controls', 'mart_cost_sharing',
    'mart_cost_sharing_by_isee', 'mart_cost_sharing_mismatches', 'mart_data_quality', 'mart_deadline_counts',
    'mart_deadlines', 'mart_expenditure', 'mart_flow', 'mart_foster_care', 'mart_governance', 'mart_indicators',
    'mart_isee_simulation', 'mart_meetings', 'mart_minor_costs', 'mart_placement_stability', 'mart_reconciliation',
    'mart_residential_care', 'mart_rule_compliance', 'mart_rule_findings', 'mart_satisfaction',
    'mart_service_costs', 'mart_service_usage', 'mart_staffing', 'mart_supervised_meetings'
] -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
select * from mismatches
