"""What each delivery did to the records already known: set-based, over the whole landing, when somebody asks.

The order of versions is `layout.VERSION`, that of the warehouse's macro `current_version`; what a full replacement
withdraws follows that macro too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace

import duckdb

from ingestion.layout import HELD, SCHEMA, VERSION
from osservatorio.contracts import Contract, load_contracts

OTHER_BODY = "codice_ente.altro_ente"
_LOADS = 1 << 32  # more than the deliveries that a landing ever holds
_NEVER = (1 << 62) - 1


@dataclass(frozen=True)
class DeliveryVersions:
    """Rows of one delivery by what became of them.

    Accepted rows are `new` (a record not known before) + `updated` (a newer version of a known one) + `withdrawn`
    (`annullato`) + `older` (a newer version had arrived before) + `repeated` (the key again in the same file).
    `left_out` are records that a full replacement withdrew by not holding them. Of the rows not accepted at first:
    `healed` waited and landed, `open` are to be mended, `replaced` came again later; `other_bodies` belong to a body
    that the file's name does not name. `bodies`: rows by body, where the file holds several.
    """

    new: int = 0
    updated: int = 0
    withdrawn: int = 0
    older: int = 0
    repeated: int = 0
    left_out: int = 0
    healed: int = 0
    open: int = 0
    replaced: int = 0
    other_bodies: int = 0
    bodies: dict[str, int] = field(default_factory=dict)


NUMBERS = tuple(item.name for item in fields(DeliveryVersions) if item.name != "bodies")


def delivery_versions(con: duckdb.DuckDBPyConnection) -> dict[str, DeliveryVersions]:
    """What became of the rows of every landed delivery, by its id."""
    found: dict[str, DeliveryVersions] = {}
    for contract, has_replacement in _extracts_landed(con):
        _add(found, con.execute(_arrivals(contract)))
        if has_replacement:
            _add(found, con.execute(_left_out(contract), {"extract": contract.extract}))
        for delivery_id, body, rows in con.execute(_bodies(contract)).fetchall():
            known = found.get(delivery_id, DeliveryVersions())
            found[delivery_id] = replace(known, bodies={**known.bodies, body: rows})
    _add(
        found,
        con.execute(
            """select delivery_id, count(distinct "row") filter (state = 'landed') as healed,
                count(distinct "row") filter (state = 'open') as open,
                count(distinct "row") filter (state = 'replaced') as replaced,
                count(distinct "row") filter (rule = $rule) as other_bodies
            from quarantine.rows group by delivery_id""",
            {"rule": OTHER_BODY},
        ),
    )
    return found


def _extracts_landed(con: duckdb.DuckDBPyConnection) -> Iterable[tuple[Contract, bool]]:
    contracts = load_contracts()
    rows = con.execute(
        "select extract, bool_or(is_full_replacement) from meta.deliveries where outcome = 'landed' group by extract"
    ).fetchall()
    return [(contracts[extract], bool(full)) for extract, full in sorted(rows) if extract in contracts]


def _add(found: dict[str, DeliveryVersions], relation: duckdb.DuckDBPyConnection) -> None:
    names = [column[0] for column in relation.description or ()][1:]
    for delivery_id, *counts in relation.fetchall():
        known = found.get(delivery_id, DeliveryVersions())
        found[delivery_id] = replace(known, **dict(zip(names, counts, strict=True)))


def _arrivals(contract: Contract) -> str:
    """One row per delivery: its accepted rows by what its version of each record met.

    Most records come once: only those that came again are ordered, version by version.
    """
    key, table = ", ".join(contract.key), f"{SCHEMA}.{contract.extract}"
    last_state = f"arg_max(coalesce(stato_record, 'attivo'), row({VERSION}))"
    return f"""
        with again as (
            select {key} from {table} group by {key} having count(*) > 1
        ),
        versions as (
            select delivery_id, load_seq, {key}, count(*) as row_count, max(data_estrazione) as extracted,
                {last_state} = 'annullato' as is_annulled
            from {table} semi join again using ({key})
            group by delivery_id, load_seq, {key}
        ),
        placed as (
            select delivery_id, row_count, is_annulled, extracted, max(extracted) over (
                partition by {key} order by load_seq rows between unbounded preceding and 1 preceding
            ) as known_until
            from versions
        ),
        arrived as (
            select delivery_id, row_count, is_annulled, known_until is not null as is_known,
                coalesce(known_until <= extracted, true) as counts
            from placed
            union all
            select delivery_id, 1, coalesce(stato_record, 'attivo') = 'annullato', false, true
            from {table} anti join again using ({key})
        )
        select delivery_id,
            count(*) filter (not is_known and not is_annulled) as new,
            count(*) filter (is_known and counts and not is_annulled) as updated,
            count(*) filter (counts and is_annulled) as withdrawn,
            count(*) filter (not counts) as older,
            sum(row_count - 1)::bigint as repeated
        from arrived
        group by delivery_id"""


def _left_out(contract: Contract) -> str:
    """One row per full replacement: records of its bodies that counted until then, and of which it holds no row.

    Each version of a record counts until the next one; the first replacement in between that does not bring the
    record withdraws it.
    """
    key = ", ".join(contract.key)
    table = f"{SCHEMA}.{contract.extract}"
    return f"""
        with replacements as (
            select delivery_id as replacement, codice_ente as body, {_place("max(data_estrazione)")} as replaced
            from {table}
            where delivery_id in (
                select delivery_id from meta.deliveries
                where extract = $extract and outcome = 'landed' and is_full_replacement
            )
            group by delivery_id, codice_ente, load_seq
        ),
        versions as (
            select {key}, codice_ente as body, delivery_id, stato_record, {_place("data_estrazione")} as placed,
                lead({_place("data_estrazione")}) over (partition by {key} order by {VERSION}) as next_placed
            from {table}
            where codice_ente in (select body from replacements)
        ),
        missing as (
            select versions.*, replacement, replaced
            from versions
            join replacements
                on replacements.body = versions.body and replacement <> delivery_id and placed < replaced
                and replaced < coalesce(next_placed, {_NEVER})
            where stato_record is distinct from 'annullato'
        ),
        withdrawn as (
            select arg_min(replacement, replaced) as replacement
            from missing
            anti join {HELD}.{contract.extract} as held
                on held.delivery_id = missing.replacement and {_same_key("held", "missing", contract)}
            anti join {table} as landed
                on landed.delivery_id = missing.replacement and {_same_key("landed", "missing", contract)}
            group by {key}, placed
        )
        select replacement, count(*) as left_out from withdrawn group by replacement"""


def _place(day: str) -> str:
    """SQL: where a row stands in the order of versions, row numbers aside, as one whole number."""
    return f"({day} - date '1900-01-01') * {_LOADS}::bigint + load_seq"


def _same_key(one: str, other: str, contract: Contract) -> str:
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in contract.key)


def _bodies(contract: Contract) -> str:
    """Rows by body, accepted or not, of the deliveries that hold rows of several."""
    return f"""
        select delivery_id, codice_ente, count(*)
        from (
            select delivery_id, codice_ente from {SCHEMA}.{contract.extract}
            union all
            select delivery_id, codice_ente from {HELD}.{contract.extract} where codice_ente is not null
        )
        where delivery_id in (
            select delivery_id from meta.deliveries where outcome = 'landed' and contains(codice_ente, ',')
        )
        group by delivery_id, codice_ente order by delivery_id, codice_ente"""
