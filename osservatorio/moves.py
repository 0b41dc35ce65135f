"""Which municipalities' figures each delivery moves: through the rows of it that count at a date, and what it withdrew."""

import duckdb

from osservatorio.contracts import Contract

SPELLS = "prese_in_carico"
LINKS = ("id_presa_in_carico", "id_minore")  # columns that lead a row to spells of care
OWN_MUNICIPALITY = "coalesce(comune_riferimento, codice_ente)"
# Where two bodies know one minor, the version extracted last describes the person: repeating it moves figures too.
DATED = ("minori",)
FULL_REPLACEMENT = "is_full_replacement and outcome = 'landed'"
Moves = dict[str, str]  # municipality -> fingerprint of the rows that count


def link_of(contract: Contract) -> str | None:
    """The column that leads the rows of an extract to spells of care."""
    names = {column.name for column in contract.columns}
    return next((name for name in LINKS if name in names), None)


def moves_of(con: duckdb.DuckDBPyConnection, contract: Contract, as_of: str) -> dict[str, Moves]:
    """For each delivery of an extract of the catalogue `archive`, the municipalities whose figures it moves.

    A version of a record counts when it is the latest by the date; where the versions before it say the same, the one
    of them that came first does. It moves the figures of its municipality, of those of the record's other versions,
    and of those of its spells of care; a full replacement also those of the records that it does not hold, which
    count no longer.
    """
    link = link_of(contract)
    spells = f"""select distinct codice_ente, {link} as link, {OWN_MUNICIPALITY} as municipality
        from archive.landing.{SPELLS}"""
    # Rows that came once have a mark of their own, so only their spells of another municipality add one.
    through_spells = (
        """union all
        select delivery_id, spells.municipality, mark from once join spells using (codice_ente, link)
        where spells.municipality is distinct from once.municipality""",
        """union
        select delivery_id, spells.municipality, mark from again_or_left join spells using (codice_ente, link)""",
    )
    of_once, of_others = through_spells if link else ("", "")
    found = con.execute(
        f"""with {", ".join(_counting(contract, link, is_replaced=_is_replaced(con, contract)))},
        {f"spells as materialized ({spells})," if link else ""}
        moved as (
            select delivery_id, municipality, mark from once
            {of_once}
            union all
            (select distinct delivery_id, municipality, mark from again_or_left {of_others})
        )
        select delivery_id, municipality, bit_xor(md5_number_lower(mark::varchar))::varchar
        from moved group by all order by all""",
        {"as_of": as_of},
    )
    moves: dict[str, Moves] = {}
    for delivery_id, municipality, fingerprint in found.fetchall():
        moves.setdefault(delivery_id, {})[municipality] = fingerprint
    return moves


def _is_replaced(con: duckdb.DuckDBPyConnection, contract: Contract) -> bool:
    """Whether a full replacement of the extract has landed."""
    found = con.execute(
        f"select 1 from archive.meta.deliveries where {FULL_REPLACEMENT} and extract = ? limit 1",
        [contract.extract],
    )
    return found.fetchone() is not None


def _counting(contract: Contract, link: str | None, *, is_replaced: bool) -> list[str]:
    """CTEs, the last two of them `once` and `again_or_left`: delivery, body, municipality, link and row (`mark`; 0: a
    record left out) of what counts.

    Most records come once: only those that came again are ordered, version by version. They are looked for by a number
    first, which is quicker than by their keys; what is read more than once is not kept, for it may be most of the archive.
    """
    key, table = ", ".join(contract.key), f"archive.landing.{contract.extract}"
    dated = () if contract.extract in DATED else ("data_estrazione",)
    told = [c.name for c in contract.columns if c.name not in (*contract.key, *dated, "stato_record")]
    state = "coalesce(stato_record, 'attivo')"
    same_key = " and ".join(f"brought.{name} = earlier.{name}" for name in contract.key)
    place = "row(data_estrazione, load_seq)"
    link = link or "null::varchar"
    return [
        f"known as not materialized (select *, hash({key}) as number from {table} where data_estrazione <= $as_of::date)",
        f"""replacements as (
            select codice_ente, delivery_id, max({place}) as replaced from {table}
            where delivery_id in (
                select delivery_id from archive.meta.deliveries where {FULL_REPLACEMENT}
            )
            group by codice_ente, delivery_id having max(data_estrazione) <= $as_of::date
        )""",
        f"""brought as (
            {
            " union all ".join(
                f"select delivery_id, {key} from archive.{schema}.{contract.extract} "
                "where delivery_id in (select delivery_id from replacements)"
                for schema in ("landing", "held")
            )
        }
        )""",
        f"""left_out as materialized (
            select earlier.delivery_id, source_row, codice_ente, replacements.delivery_id as replacement,
                {OWN_MUNICIPALITY} as municipality, {link} as link
            from known as earlier
            join replacements using (codice_ente)
            anti join brought on brought.delivery_id = replacements.delivery_id and {same_key}
            where {place} < replaced
        )""",
        "perhaps_again as materialized (select number from known group by number having count(*) > 1)",
        "together as materialized (select * from known semi join perhaps_again using (number))",
        f"again as materialized (select {key} from together group by {key} having count(*) > 1)",
        f"""versions as (
            select delivery_id, source_row, load_seq, {key}, {OWN_MUNICIPALITY} as municipality, {link} as link,
                row({", ".join([*told, state])}) as content,
                (delivery_id, source_row) in (select (delivery_id, source_row) from left_out) as is_left_out,
                row_number() over (partition by {key} order by data_estrazione desc, load_seq desc, source_row desc) as place
            from together semi join again using ({key})
        )""",
        f"""compared as (
            select *, is_left_out
                or content is distinct from first_value(content) over (partition by {key} order by place) as is_other
            from versions
        )""",
        f"""since as (
            select *, bool_or(is_other) over (partition by {key} order by place) as is_past from compared
        )""",
        f"""first_to_say_so as (
            select {key}, arg_min(delivery_id, row(load_seq, source_row)) as delivery_id,
                arg_min(source_row, row(load_seq, source_row)) as source_row
            from since where not is_past group by {key}
        )""",
        f"""once as not materialized (
            select delivery_id, codice_ente, {OWN_MUNICIPALITY} as municipality, {link} as link, source_row as mark
            from (
                from known anti join perhaps_again using (number)
                union all from together anti join again using ({key})
            )
            {"anti join left_out using (delivery_id, source_row)" if is_replaced else ""}
            where {state} <> 'annullato'
        )""",
        f"""again_or_left as (
            select first.delivery_id, first.codice_ente, versions.municipality, versions.link, first.source_row as mark
            from first_to_say_so as first join versions using ({key})
            union all
            select distinct replacement, codice_ente, municipality, link, 0 from left_out
        )""",
    ]
