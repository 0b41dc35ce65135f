"""Rows whose parent is not there, found without a join: each distinct reference is looked for once."""

from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.rules import BODY, parent_name
from osservatorio.contracts import Contract

Keys = Mapping[str | None, pa.Array]  # of a reference: the parents' keys by body, or all of them under None


def parent_keys(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, Keys]:
    """The keys of the parents landed, by the column that refers to them. The tables of parents have to be loaded."""
    keys: dict[str, Keys] = {}
    for column in contract.references:
        body = BODY if column.reference.same_body else "null"
        rows = con.sql(f'select {body} as body, key from "{parent_name(column.name)}"').to_arrow_table()
        keys[column.name] = {
            one: rows.filter(pc.equal(rows.column("body"), one) if one else pc.is_null(rows.column("body")))
            .column("key")
            .combine_chunks()
            for one in pc.unique(rows.column("body")).to_pylist()
        }
    return keys


def orphans(typed: pa.Table, contract: Contract, keys: Mapping[str, Keys]) -> pa.Array:
    """For each row (one chunk a column, references and body as dictionaries): whether some reference leads nowhere.

    A reference that is empty leads nowhere amiss, nor does one to a parent of the same body where the row tells none.
    """
    lost = np.zeros(typed.num_rows, dtype=bool)
    for column in contract.references:
        values = typed.column(column.name).chunk(0)
        known = keys[column.name]
        if not column.reference.same_body:
            is_lost = _not_among(values.dictionary, known.get(None))
            places = values.indices.fill_null(len(is_lost) - 1)
        else:
            bodies = typed.column(BODY).chunk(0)
            names = bodies.dictionary.to_pylist()
            by_body = [_not_among(values.dictionary, known.get(name)) & (name is not None) for name in names]
            width = len(values.dictionary) + 1
            is_lost = np.concatenate([*by_body, np.zeros(width, dtype=bool)])
            places = values.indices.fill_null(width - 1)
            if len(names) != 1 or bodies.null_count:
                of_body = bodies.indices.fill_null(len(names)).to_numpy().astype(np.int64)
                places = pa.array(of_body * width + places.to_numpy())
        lost |= pa.array(is_lost).take(places).to_numpy(zero_copy_only=False)
    return pa.array(lost)


def _not_among(values: pa.Array, keys: pa.Array | None) -> np.ndarray:
    """The values that are there and no key; behind them, for rows without a value, one that is none of these."""
    is_lost = np.zeros(len(values) + 1, dtype=bool)
    if keys is not None:
        is_lost[:-1] = pc.invert(pc.is_in(values, keys)).to_numpy(zero_copy_only=False)
    else:
        is_lost[:-1] = True
    is_lost[:-1] &= values.is_valid().to_numpy(zero_copy_only=False)
    return is_lost
