"""A service that works every month leaves acts every month: fewer in August, never none."""

from datetime import date
from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import Scope, body_name, dataset_check
from expectations.sql import LANDING_SCHEMA
from osservatorio.italian import MONTHS, join_words

LOOKED_AT_MONTHS = 36


def checks(scope: Scope) -> list[Check]:
    return [_months_without_acts(scope)]


def _months_without_acts(scope: Scope) -> Check:
    """From a body's first month with acts to the last month that its latest extraction covers whole."""

    def explain(row: dict[str, Any]) -> Finding:
        months = [date.fromisoformat(f"{month}-01") for month in row["months"]]
        names = join_words([f"{MONTHS[month.month - 1]} {month.year}" for month in months])
        return Finding(
            f"Mancano gli interventi di {body_name(row['codice_ente'])} di {names}.",
            "interventi",
            row["codice_ente"],
        )

    return dataset_check(
        "mesi_mancanti",
        Severity.WARNING,
        title="Ogni ente che consegna interventi ne ha in tutti i mesi",
        message="Di qualche ente mancano del tutto gli interventi di uno o più mesi.",
        what_to_do="Chiedi all'ente se in quei mesi il servizio era fermo o se manca una parte del file.",
        query=f"""with deliveries as (select * from {{batch}}),
            acts as (
                select codice_ente, date_trunc('month', data_intervento) as act_month, count(*) as row_count,
                    max(data_estrazione) as last_extraction
                from {LANDING_SCHEMA}.interventi
                where data_estrazione <= {scope.as_of_sql} and stato_record is distinct from 'annullato'
                group by all
            ),
            bodies as (
                select codice_ente, min(act_month) as first_month, median(row_count) as typical,
                    date_trunc('month', max(last_extraction) + interval 1 day) - interval 1 month as last_month
                from acts group by codice_ente
            ),
            expected as (
                select codice_ente, cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date)
                    as act_month
                from bodies where typical >= {scope.thresholds.month_rows}
            )
            select expected.codice_ente, list(strftime(expected.act_month, '%Y-%m') order by expected.act_month)
                as months
            from expected
            anti join acts
                on acts.codice_ente = expected.codice_ente and acts.act_month = expected.act_month
            where expected.act_month > {scope.as_of_sql} - interval {LOOKED_AT_MONTHS} month
            group by expected.codice_ente order by expected.codice_ente""",
        explain=explain,
    )
