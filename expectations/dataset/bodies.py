"""Which bodies have delivered, and how late the others are."""

from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import (
    Scope,
    body_name,
    dataset_check,
    semester_label,
    semester_number,
)
from expectations.sql import LANDING_SCHEMA, literal, rows
from osservatorio.italian import date_it, join_words
from osservatorio.reference import municipalities

# What every associated municipality delivers each semester: its cases and what was done for them.
CORE_EXTRACTS = ("prese_in_carico", "interventi")


def checks(scope: Scope) -> list[Check]:
    return [_never_delivered(scope), _late_body(scope), _semester_missing(scope)]


def _extractions(scope: Scope) -> str:
    """CTE `extractions (extract, codice_ente, last_extraction)`: the latest extraction of each body."""
    selects = " union all ".join(
        f"select '{extract}' as extract, codice_ente, max(data_estrazione) as last_extraction "
        f"from {LANDING_SCHEMA}.{extract} where data_estrazione <= {scope.as_of_sql} group by codice_ente"
        for extract in scope.contracts
    )
    return f"with deliveries as (select * from {{batch}}), extractions as ({selects})"


def _late_bodies() -> str:
    """CTEs `bodies` and `late_bodies`: nothing at all for more than a semester after the others' last."""
    return f""",
        bodies as (select codice_ente, max(last_extraction) as last_extraction from extractions group by codice_ente),
        late_bodies as (
            select codice_ente, last_extraction, (select max(last_extraction) from bodies) as latest from bodies
            where {semester_number("last_extraction")} + 1
                < (select max({semester_number("last_extraction")}) from bodies)
        )"""


def _never_delivered(scope: Scope) -> Check:
    associated = [(code,) for code, town in municipalities().items() if town.is_associated]
    core = [(extract,) for extract in CORE_EXTRACTS]

    def explain(row: dict[str, Any]) -> Finding:
        titles = join_words([f"«{scope.title(extract)}»" for extract in row["extracts"]])
        return Finding(
            f"{body_name(row['codice_ente'])} non ha mai consegnato {titles}: le sue cifre mancano.",
            row["extracts"][0] if len(row["extracts"]) == 1 else None,
            row["codice_ente"],
        )

    return dataset_check(
        "ente_mancante",
        Severity.WARNING,
        title="Ogni Comune associato ha consegnato prese in carico e interventi",
        message="Qualche Comune associato non ha mai consegnato prese in carico o interventi.",
        what_to_do="Chiedi i file al Comune; fino ad allora leggi i totali dell'Ambito come incompleti.",
        query=f"""{_extractions(scope)},
            associated(codice_ente) as (values {rows(associated)}),
            core(extract) as (values {rows(core)})
            select associated.codice_ente, list(core.extract order by core.extract desc) as extracts
            from associated cross join core
            anti join extractions
                on extractions.codice_ente = associated.codice_ente and extractions.extract = core.extract
            group by associated.codice_ente order by associated.codice_ente""",
        explain=explain,
    )


def _late_body(scope: Scope) -> Check:
    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"L'ultima estrazione di {body_name(row['codice_ente'])} è del {date_it(row['last_extraction'])}, "
            f"quella degli altri enti del {date_it(row['latest'])}.",
            codice_ente=row["codice_ente"],
        )

    return dataset_check(
        "ente_non_aggiornato",
        Severity.WARNING,
        title="Nessun ente è indietro di più di un semestre",
        message="Qualche ente non consegna da più di un semestre, mentre altri hanno consegnato.",
        what_to_do="Chiedi all'ente i file dei semestri mancanti; fino ad allora le sue cifre recenti sono incomplete.",
        query=f"{_extractions(scope)}{_late_bodies()} select * from late_bodies order by codice_ente",
        explain=explain,
    )


def _semester_missing(scope: Scope) -> Check:
    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"{body_name(row['codice_ente'])} non ha consegnato «{scope.title(row['extract'])}» del "
            f"{semester_label(row['latest'])}, che altri enti hanno consegnato.",
            row["extract"],
            row["codice_ente"],
        )

    core = ", ".join(literal(extract) for extract in CORE_EXTRACTS)
    return dataset_check(
        "semestre_mancante",
        Severity.WARNING,
        title="Ogni ente ha consegnato prese in carico e interventi dell'ultimo semestre",
        message="Qualche ente non ha consegnato l'ultimo semestre, che altri hanno consegnato.",
        what_to_do="Chiedi all'ente il file del semestre; fino ad allora le cifre del semestre sono incomplete.",
        query=f"""{_extractions(scope)}{_late_bodies()},
            semesters as (
                select extract, codice_ente, {semester_number("last_extraction")} as semester,
                    max({semester_number("last_extraction")}) over (partition by extract) as latest
                from extractions where extract in ({core})
            )
            select extract, codice_ente, latest from semesters
            where semester < latest and codice_ente not in (select codice_ente from late_bodies)
            order by codice_ente, extract""",
        explain=explain,
    )
