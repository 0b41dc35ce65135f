"""What a manifest says of the deliveries that a release is made of, and what came between two releases."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from osservatorio.contracts import Contract, load_contracts
from osservatorio.database import attach, connect, spill_to
from osservatorio.moves import FULL_REPLACEMENT, OWN_MUNICIPALITY, SPELLS, Moves, link_of, moves_of

LISTED = "mart_data_quality"  # the release's own list of deliveries, with its counts at the reference date
COUNTS = ("rows_read", "accepted", "quarantined", "waiting", "counted")


@dataclass(frozen=True)
class DeliveryChange:
    """A delivery that one of two releases holds and the other does not (`arrived`, `left`), or holds with other
    counts (`changed`: rows that waited have landed, rows were purged, another reference date)."""

    change: str
    delivery: dict[str, Any]
    before: dict[str, Any] | None = None

    def moves(self, municipality: str | None) -> bool:
        """Whether the delivery can have moved figures of the municipality (None: of any); reference data moves all.

        One that arrived or left does so by its rows that count; one of which some rows have landed or gone since, where
        the rows that count are others than before.
        """
        known = self.delivery.get("moves")
        if known is None:  # reference data, and manifests of earlier versions
            concerned = self.delivery.get("municipalities")
            return concerned is None or municipality is None or municipality in concerned
        before = (self.before or {}).get("moves") or {}
        return (
            known != before if municipality is None else known.get(municipality) != before.get(municipality)
        )


def changed_deliveries(before: dict[str, Any], after: dict[str, Any]) -> list[DeliveryChange]:
    """What became of the deliveries between two manifests, in the order of extract and file."""
    old = {delivery["delivery_id"]: delivery for delivery in before["deliveries"]}
    new = {delivery["delivery_id"]: delivery for delivery in after["deliveries"]}
    changes = [DeliveryChange("arrived", new[name]) for name in new.keys() - old.keys()]
    changes += [DeliveryChange("left", old[name]) for name in old.keys() - new.keys()]
    changes += [
        DeliveryChange("changed", new[name], old[name])
        for name in new.keys() & old.keys()
        if any(new[name].get(count) != old[name].get(count) for count in COUNTS)
    ]
    return sorted(
        changes, key=lambda c: (c.delivery["extract"], c.delivery["file"], c.delivery["delivery_id"])
    )


def corrections(previous: dict[str, Any] | None, deliveries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What came since the release in use before: ids of deliveries that arrived, changed or left."""
    if previous is None:
        return None
    found = changed_deliveries(previous, {"deliveries": deliveries})
    of = {
        change: [item.delivery["delivery_id"] for item in found if item.change == change]
        for change in ("arrived", "changed", "left")
    }
    return {"since": previous["release_id"], **of}


def delivery_list(landing: Path, candidate: Path, as_of: str) -> list[dict[str, Any]]:
    """The landed deliveries that a candidate lists, as a manifest tells them, in a fixed order.

    Counts are those at the reference date; `counted` are the accepted rows extracted by then. `municipalities` are
    those that the delivery's rows concern, `moves` those whose figures it moves with a fingerprint of the rows that
    do so; both None for reference data of the whole Ambito.
    """
    with connect(None) as con:
        attach(con, candidate, "candidate", read_only=True)
        attach(con, landing, "archive", read_only=True)
        spill_to(con, candidate.parent / "tmp", beside=landing)
        relation = con.execute(
            f"""select delivery_id, file_name as file, extract, sha256, is_full_replacement,
                listed.first_extraction::varchar as first_extraction,
                listed.last_extraction::varchar as last_extraction,
                rows_delivered as rows_read, rows_accepted as accepted, rows_quarantined - rows_waiting as quarantined,
                rows_waiting as waiting
            from candidate.main.{LISTED} as listed
            join archive.meta.deliveries as account using (delivery_id, extract, file_name, outcome)
            where rule = 'TUTTE' and outcome = 'landed'
            order by extract, file, delivery_id"""
        )
        names = [column[0] for column in relation.description]
        deliveries = [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
        contracts = load_contracts()
        rows: dict[str, tuple[int, list[str] | None]] = {}
        moves: dict[str, Moves] = {}
        for extract in sorted({delivery["extract"] for delivery in deliveries} & contracts.keys()):
            rows |= _rows_of(con, contracts[extract], as_of)
            if not _is_reference(contracts[extract]):
                moves |= moves_of(con, contracts[extract], as_of)
    for delivery in deliveries:
        counted, municipalities = rows.get(delivery["delivery_id"], (0, []))
        # A row that still waited then was extracted by then, and did not count.
        delivery |= {
            "counted": min(counted, delivery["accepted"]),
            "municipalities": municipalities,
            "moves": None if municipalities is None else moves.get(delivery["delivery_id"], {}),
        }
    return deliveries


def _is_reference(contract: Contract) -> bool:
    return "codice_ente" not in contract.key


def _rows_of(
    con: duckdb.DuckDBPyConnection, contract: Contract, as_of: str
) -> dict[str, tuple[int, list[str] | None]]:
    """For each delivery of an extract, the rows extracted by a date and the municipalities that its rows concern."""
    found = con.execute(
        f"""with {", ".join(_concerned(contract))}
        select delivery_id, counted, municipalities
        from (select delivery_id, sum(counted)::bigint as counted from rows group by delivery_id)
        join (
            select delivery_id, list_sort(list(distinct municipality)) as municipalities
            from concerned group by delivery_id
        ) using (delivery_id)""",
        {"as_of": as_of},
    )
    return {
        delivery: (counted, None if _is_reference(contract) else municipalities)
        for delivery, counted, municipalities in found.fetchall()
    }


def _concerned(contract: Contract) -> list[str]:
    """CTEs, the last of them `concerned`: delivery and municipality.

    A row concerns its own municipality and that of its record's other versions, which it may take a figure from; a
    row about a minor or a spell of care, those of the spells; a full replacement, all that its bodies delivered.
    """
    table, key = f"archive.landing.{contract.extract}", ", ".join(contract.key)
    link = link_of(contract)
    parts = [
        f"""rows as materialized (
            select delivery_id, codice_ente, {OWN_MUNICIPALITY} as municipality, {link or "null"} as link,
                count(*) filter (data_estrazione <= $as_of::date) as counted
            from {table} group by all
        )""",
        "bodies as (select codice_ente, list(distinct municipality) as all_of_body from rows group by codice_ente)",
        f"""of_many as not materialized (
            select *, hash({key}) as number from {table}
            where codice_ente in (select codice_ente from bodies where len(all_of_body) > 1)
        )""",
        # By a number first, which is quicker: few records come again.
        f"""moved as (
            select {key}, list(distinct {OWN_MUNICIPALITY}) as municipalities from of_many
            semi join (select number from of_many group by number having count(*) > 1) using (number)
            group by {key} having min({OWN_MUNICIPALITY}) <> max({OWN_MUNICIPALITY})
        )""",
    ]
    concerned = [
        "select delivery_id, municipality from rows",
        f"select delivery_id, unnest(municipalities) from {table} join moved using ({key})",
        f"""select delivery_id, unnest(all_of_body) from bodies
            join (select distinct delivery_id, codice_ente from rows) using (codice_ente)
            where delivery_id in (
                select delivery_id from archive.meta.deliveries where {FULL_REPLACEMENT}
            )""",
    ]
    if link:
        parts.append(
            f"""spells as (
                select distinct codice_ente, {link} as link, {OWN_MUNICIPALITY} as municipality
                from archive.landing.{SPELLS}
            )"""
        )
        concerned.append(
            "select delivery_id, spells.municipality from rows join spells using (codice_ente, link)"
        )
    return [*parts, f"concerned as ({' union '.join(concerned)})"]
