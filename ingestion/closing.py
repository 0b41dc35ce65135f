"""The life of a quarantine entry: open or waiting until its row lands or a later delivery takes its place.

Entries are never deleted by ingestion: a closed one says when it was closed and by which delivery.
"""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from ingestion.checking import CHECKED, FILES, is_accepted, is_waiting
from ingestion.layout import HELD, SCHEMA
from ingestion.rules import BODY
from osservatorio.contracts import Contract

OPEN = "open"  # the row is to be mended by its sender
WAITING = "waiting"  # the row is sound and waits for the record that it refers to
LANDED = "landed"  # it waited, and has landed by itself
REPLACED = "replaced"  # a later delivery brought the record again, or replaced the file
LIVE = (OPEN, WAITING)

SPOILT = "spoilt"

_LIVE = ", ".join(f"'{state}'" for state in LIVE)


def take_up_spoilt(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Take away the entries of rows of `checked` that waited and turn out wrong: what is wrong is written anew.

    To be called before that is done; `close_rechecked` afterwards.
    """
    con.execute(
        f"""create or replace temp table {SPOILT} as
        select entry.delivery_id, entry."row", bool_or(entry.state = '{REPLACED}') as is_replaced,
            max(entry.closed_at) as closed_at, max(entry.closed_by) as closed_by
        from quarantine.rows as entry
        join ({_settled(contract)}) as settled
            on settled.delivery_id = entry.delivery_id and settled.source_row = entry."row"
        where entry.extract = $extract and not accepted
        group by all""",
        {"extract": contract.extract},
    )
    con.execute(
        f"""delete from quarantine.rows as entry using {SPOILT} as spoilt
        where entry.extract = $extract and entry.delivery_id = spoilt.delivery_id and spoilt."row" = entry."row" """,
        {"extract": contract.extract},
    )


def close_rechecked(con: duckdb.DuckDBPyConnection, contract: Contract, at: datetime) -> None:
    """Take the rows of `checked` that wait no longer out of the wait: landed, or in quarantine for another reason.

    To be called after both have been written, while `checked` and `files` are there.
    """
    extract, settled = contract.extract, _settled(contract)
    con.execute(
        f"""update quarantine.rows as entry
        set state = '{LANDED}', closed_at = $at, closed_by = entry.delivery_id
        from ({settled}) as settled
        where accepted and entry.extract = $extract
            and entry.delivery_id = settled.delivery_id and entry."row" = settled.source_row""",
        {"at": at, "extract": extract},
    )
    con.execute(  # what a later delivery replaced while it waited stays replaced
        f"""update quarantine.rows as entry
        set state = '{REPLACED}', closed_at = spoilt.closed_at, closed_by = spoilt.closed_by
        from {SPOILT} as spoilt
        where spoilt.is_replaced and entry.extract = $extract
            and entry.delivery_id = spoilt.delivery_id and spoilt."row" = entry."row" """,
        {"extract": extract},
    )
    con.execute(
        f"""delete from {HELD}.{extract} as held using ({settled}) as settled
        where accepted and held.delivery_id = settled.delivery_id and held.source_row = settled.source_row"""
    )
    con.execute(
        f"""update {HELD}.{extract} as held set waiting = false from ({settled}) as settled
        where not accepted and held.delivery_id = settled.delivery_id and held.source_row = settled.source_row"""
    )
    con.execute(f"drop table {SPOILT}")


def _settled(contract: Contract) -> str:
    """SQL: the rows of `checked` that wait no longer."""
    return f"""
        select files.delivery_id, checked.source_row, {is_accepted(contract)} as accepted
        from {CHECKED} as checked
        join {FILES} as files on files.number = checked.file_no
        where not {is_waiting(contract)}"""


def close_replaced(
    con: duckdb.DuckDBPyConnection, contract: Contract, load_seqs: Sequence[int], at: datetime
) -> None:
    """Close the entries of earlier deliveries that the deliveries just recorded take the place of.

    They are those of a record whose key comes again, accepted or not; those of a body's records that a full
    replacement of that body does not bring; and, when a file of the same name comes again with most of its
    records, all of the earlier file's, for then it is that file corrected.
    """
    if not load_seqs:
        return
    parameters = {"extract": contract.extract, "first": min(load_seqs), "last": max(load_seqs)}
    if not _may_replace(con, contract, parameters):
        return
    con.execute(
        f"""update quarantine.rows as entry set state = '{REPLACED}', closed_at = $at, closed_by = closing.closed_by
        from (
            with arrived as (
                select * from meta.deliveries
                where extract = $extract and outcome = 'landed' and load_seq between $first and $last
            ),
            earlier as (
                select held.* from {HELD}.{contract.extract} as held where load_seq < $last
                    and (delivery_id, source_row) in (
                        select (delivery_id, "row") from quarantine.rows
                        where extract = $extract and state in ({_LIVE})
                    )
            ),
            replaced as (
                {_same_key(contract)}
                union all {_full_replacement()}
                union all {_same_file(contract)}
            )
            select delivery_id, source_row, arg_min(closed_by, load_seq) as closed_by from replaced
            group by delivery_id, source_row
        ) as closing
        where entry.extract = $extract and entry.state in ({_LIVE})
            and entry.delivery_id = closing.delivery_id and entry."row" = closing.source_row""",
        {**parameters, "at": at},
    )


def _may_replace(con: duckdb.DuckDBPyConnection, contract: Contract, parameters: dict[str, object]) -> bool:
    """Whether rows are held, from earlier deliveries, of the bodies or under the file names of those that arrived.

    A plain look at the rows held: it is all that is needed for most of the deliveries of a run. Where the body is no
    part of the key, rows of any body count.
    """
    of_body = (
        "held.codice_ente in (select unnest(string_split(arrived.codice_ente, ',')) from arrived)"
        if BODY in contract.key
        else "true"
    )
    (may,) = con.execute(
        f"""with arrived as (
            select * from meta.deliveries
            where extract = $extract and outcome = 'landed' and load_seq between $first and $last
        )
        select exists (
            select 1 from {HELD}.{contract.extract} as held
            where held.load_seq < $last and (
                {of_body}
                or (held.codice_ente is null and (select bool_or(is_full_replacement) from arrived))
                or held.source_file in (select file_name from arrived)
            )
        )""",
        parameters,
    ).fetchone() or (False,)
    return bool(may)


def _same_key(contract: Contract) -> str:
    keys = ", ".join(contract.key)
    return " union all ".join(
        f"""select earlier.delivery_id, earlier.source_row, again.delivery_id as closed_by, again.load_seq
        from {schema}.{contract.extract} as again join earlier using ({keys})
        where again.load_seq between $first and $last and again.load_seq > earlier.load_seq"""
        for schema in (SCHEMA, HELD)
    )


def _full_replacement() -> str:
    return """select earlier.delivery_id, earlier.source_row, arrived.delivery_id, arrived.load_seq
        from earlier
        join meta.deliveries as source on source.delivery_id = earlier.delivery_id and source.outcome = 'landed'
        join arrived on arrived.is_full_replacement and arrived.load_seq > earlier.load_seq
            and list_contains(
                string_split(arrived.codice_ente, ','), coalesce(earlier.codice_ente, source.sender, source.codice_ente))
            and arrived.last_extraction >= coalesce(earlier.data_estrazione, arrived.last_extraction)"""


def _same_file(contract: Contract) -> str:
    """The file is the same one, corrected, when it brings at least half of the records that were accepted then."""
    table, keys = f"{SCHEMA}.{contract.extract}", ", ".join(contract.key)
    return f"""(
        with same_name as (
            select source.delivery_id as earlier_id, source.accepted, arrived.delivery_id, arrived.load_seq
            from arrived
            join meta.deliveries as source on source.file_name = arrived.file_name
                and source.extract = arrived.extract and source.outcome = 'landed'
                and source.load_seq < arrived.load_seq
                and source.delivery_id in (select delivery_id from earlier)
        ),
        common as (
            select before.delivery_id as earlier_id, again.delivery_id, count(*) as record_count
            from (select distinct delivery_id, {keys} from {table}
                where delivery_id in (select earlier_id from same_name)) as before
            join (select distinct delivery_id, {keys} from {table}
                where load_seq between $first and $last
                    and delivery_id in (select delivery_id from same_name)) as again using ({keys})
            group by all
        )
        select earlier.delivery_id, earlier.source_row, same_name.delivery_id, same_name.load_seq
        from earlier
        join same_name on same_name.earlier_id = earlier.delivery_id
        left join common on common.earlier_id = same_name.earlier_id and common.delivery_id = same_name.delivery_id
        where 2 * coalesce(common.record_count, 0) >= same_name.accepted
    )"""
