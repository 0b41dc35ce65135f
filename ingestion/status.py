"""What the landing says of the deliveries, for `status`."""

from dataclasses import asdict
from typing import Any

import duckdb

from ingestion.versions import DeliveryVersions, delivery_versions


def deliveries_status(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every delivery landed or refused so far, in the order of loading (refused ones last), as plain values.

    A landed one also says what it did to the records already known (the names of `DeliveryVersions`).
    """
    cursor = con.execute(
        """select file_name as file, extract, outcome, rows_read, accepted, quarantined, waiting, message,
            delivery_id, sender, codice_ente, is_full_replacement, unknown_columns, purged,
            strftime(first_extraction, '%Y-%m-%d') as first_extraction,
            strftime(last_extraction, '%Y-%m-%d') as last_extraction,
            strftime(loaded_at, '%Y-%m-%dT%H:%M:%S') as loaded_at
        from meta.deliveries
        order by load_seq nulls last, file_name"""
    )
    names = [column[0] for column in cursor.description or ()]
    deliveries = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    versions = delivery_versions(con)
    nothing = DeliveryVersions()
    return [
        delivery | asdict(versions.get(delivery["delivery_id"], nothing))
        if delivery["outcome"] == "landed"
        else delivery
        for delivery in deliveries
    ]
