"""The archive holds exactly what the deliveries brought: nothing lost, nothing added, one key."""

from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import DELIVERIES, Scope, body_name, dataset_check
from expectations.sql import ARCHIVE, HELD_SCHEMA, LANDING_SCHEMA, QUARANTINE, literals, rows
from osservatorio.italian import number

PROVENANCE = ("delivery_id", "source_row", "loaded_at", "load_seq")
SCHEMAS = {
    "landing": (),
    "held": ("source_file", "waiting"),
}  # of rows, with the columns that each has besides the provenance
TELL_THE_KEEPER = (
    "Le cifre sarebbero sbagliate: non modificare l'archivio e segnala il nome di questo controllo a chi cura "
    "il programma."
)


def checks(scope: Scope) -> list[Check]:
    return [_something_landed(), _structure(scope), _counts(scope), _stored_rows(scope), _one_key()]


def _something_landed() -> Check:
    return dataset_check(
        "presenti",
        Severity.CRITICAL,
        title="È stata accettata almeno una riga",
        message="Nessuna riga consegnata è stata accettata: tutte le cifre sarebbero zero.",
        what_to_do="Consegna i file degli enti e carica la cartella con «osservatorio run CARTELLA».",
        query="select 1 as riga where not exists "
        "(select 1 from {batch} where outcome = 'landed' and accepted > 0)",
        explain=lambda _: Finding(
            "Nessuna riga consegnata è stata accettata: tutte le cifre sarebbero zero."
        ),
    )


def _structure(scope: Scope) -> Check:
    """Tables and columns of accepted and held rows are those of the contracts: a column more may hold a name."""
    expected = [
        (schema, extract, column.name, column.duckdb_type)
        for schema in SCHEMAS
        for extract, contract in scope.contracts.items()
        for column in contract.columns
    ]
    expected += [
        (schema, extract, name, None)
        for schema, more in SCHEMAS.items()
        for extract in scope.contracts
        for name in (*PROVENANCE, *more)
    ]

    def explain(row: dict[str, Any]) -> Finding:
        what = {
            "manca": "manca la colonna",
            "in_piu": "c'è una colonna che il contratto non prevede:",
            "tipo": "ha un altro tipo la colonna",
        }[row["problem"]]
        table = f"{row['schema']}.{row['extract']}"
        return Finding(f"Nella tabella «{table}» {what} «{row['name']}».", row["extract"])

    return dataset_check(
        "struttura",
        Severity.CRITICAL,
        title="Le tabelle dell'archivio sono quelle dei contratti",
        message="Le tabelle dell'archivio non hanno le colonne dei contratti dei dati.",
        what_to_do="L'archivio è stato scritto da un'altra versione del programma o modificato a mano: ripristina "
        "la copia di sicurezza, o ricarica tutte le consegne in una cartella dei dati nuova.",
        query=f"""with expected(schema, extract, name, type) as (values {rows(expected)}),
            present as (
                select schema_name as schema, table_name as extract, column_name as name, data_type as type
                from duckdb_columns()
                where schema_name in ({literals(SCHEMAS)}) and database_name = '{ARCHIVE}'
            )
            select
                coalesce(expected.schema, present.schema) as schema,
                coalesce(expected.extract, present.extract) as extract,
                coalesce(expected.name, present.name) as name,
                case when present.name is null then 'manca' when expected.name is null then 'in_piu' else 'tipo' end
                    as problem
            from expected
            full join present on present.schema = expected.schema and present.extract = expected.extract
                and present.name = expected.name
            where (select count(*) from {{batch}}) >= 0
                and (expected.name is null or present.name is null or expected.type <> present.type)""",
        explain=explain,
    )


def _counts(scope: Scope) -> Check:
    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Nel file «{row['file_name']}» ({body_name(row['codice_ente'])}) le righe lette sono "
            f"{number(row['rows_read'])}, ma le accettate sono {number(row['accepted'])}, quelle in quarantena "
            f"{number(row['quarantined'])} e quelle in attesa {number(row['waiting'])}.",
            row["extract"],
            row["codice_ente"],
        )

    return dataset_check(
        "conteggi",
        Severity.CRITICAL,
        title="Righe lette = righe accettate + righe in quarantena + righe in attesa",
        message="In qualche consegna le righe lette non sono la somma di quelle accettate, in quarantena e in attesa.",
        what_to_do=TELL_THE_KEEPER,
        query=f"""{DELIVERIES}
            select extract, codice_ente, file_name, rows_read, accepted, quarantined, waiting from landed
            where rows_read is distinct from accepted + quarantined + waiting""",
        explain=explain,
    )


def _stored_rows(scope: Scope) -> Check:
    """The counts that ingestion declares against the rows that are there, and every row set aside against its errors.

    Rows that were purged are gone with their errors: what is left may only be fewer.
    """

    def explain(row: dict[str, Any]) -> Finding:
        source = f"Del file «{row['file_name']}»" if row["file_name"] else "Di una consegna sconosciuta"
        return Finding(
            f"{source} risultano accettate {number(row['accepted'])} righe e messe da parte "
            f"{number(row['set_aside'])}, ma nell'archivio ce ne sono {number(row['stored'])} e "
            f"{number(row['held'])}, con errori scritti per {number(row['explained'])}.",
            row["extract"],
            row["codice_ente"],
        )

    return dataset_check(
        "righe_archiviate",
        Severity.CRITICAL,
        title="Le righe contate sono davvero nell'archivio",
        message="In qualche consegna le righe dichiarate non sono quelle presenti nell'archivio e in quarantena.",
        what_to_do=TELL_THE_KEEPER,
        query=f"""{DELIVERIES},
            present as ({_rows_by_delivery(scope, LANDING_SCHEMA)}),
            set_aside as ({_rows_by_delivery(scope, HELD_SCHEMA)}),
            explained as (
                select extract, delivery_id, count(distinct "row") as row_count from {QUARANTINE}
                where state <> 'landed' group by all
            ),
            counted as (
                select
                    landed.codice_ente, landed.file_name,
                    coalesce(landed.extract, present.extract, set_aside.extract) as extract,
                    coalesce(landed.accepted, 0) as accepted,
                    coalesce(landed.quarantined + landed.waiting, 0) as set_aside,
                    coalesce(landed.purged, 0) as purged,
                    coalesce(present.row_count, 0) as stored,
                    coalesce(set_aside.row_count, 0) as held,
                    coalesce(explained.row_count, 0) as explained
                from landed
                full join present using (delivery_id, extract)
                full join set_aside using (delivery_id, extract)
                left join explained using (delivery_id, extract)
            )
            select * from counted
            where stored + held + purged <> accepted + set_aside
                or (purged = 0 and (stored <> accepted or explained <> held))""",
        explain=explain,
    )


def _rows_by_delivery(scope: Scope, schema: str) -> str:
    return " union all ".join(
        f"select '{extract}' as extract, delivery_id, count(*) as row_count from {schema}.{extract} group by all"
        for extract in scope.contracts
    )


def _one_key() -> Check:
    """Pseudonyms made with two keys never meet: the same minor would count twice."""
    message = (
        "Nell'archivio ci sono pseudonimi fatti con chiavi diverse: la stessa persona conterebbe due volte."
    )
    return dataset_check(
        "chiave_unica",
        Severity.CRITICAL,
        title="Tutti gli pseudonimi sono fatti con la stessa chiave",
        message=message,
        what_to_do="Ripristina la chiave di prima e ricarica tutte le consegne in una cartella dei dati nuova.",
        query=f"""{DELIVERIES}
            select 1 as riga from landed where accepted > 0
            having count(distinct key_id) > 1 or count(*) <> count(key_id)""",
        explain=lambda _: Finding(message),
    )
