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

    `codice_ente` is the body that the row names, where its delivery has that body, else the body of the delivery.
    """
    return _rows(
        con,
        """with located as (
            select errors.*, deliveries.codice_ente as bodies, errors.row_values ->> 'codice_ente' as named
            from quarantine.rows as errors
            left join meta.deliveries as deliveries
                on deliveries.delivery_id = errors.delivery_id and deliveries.outcome = 'landed'
        )
        select file, "row", "column", rule, message, extract, delivery_id,
            case when list_contains(string_split(bodies, ','), named) then named else coalesce(bodies, '') end
                as codice_ente
        from located
        order by codice_ente, file, "row", "column" nulls first, rule""",
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
