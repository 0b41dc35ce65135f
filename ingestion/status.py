"""What the landing says of the deliveries and of the quarantine, for `status` and `quarantine`."""

from typing import Any

import duckdb


def deliveries_status(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every delivery landed or refused so far, in the order of loading (refused ones last), as plain values."""
    return _rows(
        con,
        """select file_name as file, extract, outcome, rows_read, accepted, quarantined, waiting, message,
            delivery_id, codice_ente, is_full_replacement, unknown_columns,
            strftime(first_extraction, '%Y-%m-%d') as first_extraction,
            strftime(last_extraction, '%Y-%m-%d') as last_extraction,
            strftime(loaded_at, '%Y-%m-%dT%H:%M:%S') as loaded_at
        from meta.deliveries
        order by load_seq nulls last, file_name""",
    )


def quarantine_rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every error of the quarantine, by body, file and row, as plain values.

    `codice_ente` is the body of the row where the row says it, else that of its delivery.
    """
    return _rows(
        con,
        """select file, "row", "column", rule, message, quarantine.rows.extract, quarantine.rows.delivery_id,
            coalesce(deliveries.codice_ente, '') as codice_ente
        from quarantine.rows
        left join meta.deliveries as deliveries
            on deliveries.delivery_id = quarantine.rows.delivery_id and deliveries.outcome = 'landed'
        order by codice_ente, file, "row", "column" nulls first, rule""",
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
