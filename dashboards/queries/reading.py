"""How a release is read: read-only, with bound parameters, results kept apart by release and by who sees it.

A new release never meets the figures of an earlier one, nor what a person may see that of another.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.access.scoped import ScopedRelease
from dashboards.queries.whole_marts import WholeMart
from osservatorio.access.roles import OFFICE
from osservatorio.ambiti.release import AmbitoRelease
from osservatorio.release import Release

# Codes of the rows that total the others.
ALL_MUNICIPALITIES = "AMBITO"
ALL_SERVICES = "TUTTI"
ALL_INTERVENTIONS = "TUTTI"
ALL_AREAS = "TUTTE"
ALL_CATEGORIES = "TUTTE"
ALL_GRAVITIES = "TUTTE"
ALL_ITEMS = "TUTTE"
ALL_PHASES = "TUTTE"
ALL_RULES = "TUTTE"
ALL_PRESTAZIONI = "TUTTE"
ALL_PROFILES = "TUTTE"
ALL_LEVELS = "TUTTE"

# A filter keeps the rows equal to a value; None does not filter.
Filter = str | int | None

TOTALS_LAST = f"municipality_code = '{ALL_MUNICIPALITIES}', municipality_name, service_code = '{ALL_SERVICES}', service_name"

# Results are kept apart by the release that they come from, by the Ambito where it is of many, and by what of it may be
# seen. A kind of release that is not named here cannot be a key, so nothing of it is kept.
BY_RELEASE = {
    Release: lambda release: (release.id, "", OFFICE.key),
    AmbitoRelease: lambda release: (release.id, release.ambito.code, OFFICE.key),
    ScopedRelease: lambda release: (
        release.id,
        release.ambito.code if release.ambito else "",
        release.scope.key,
    ),
}


def read(release: Release, sql: str, params: tuple[Any, ...] = ()) -> pd.DataFrame:
    """The rows of a query, one column per column. `params` fill the question marks in order.

    What is kept is handed out as a shallow copy: pandas copies what somebody changes, so nobody changes another's.
    """
    return _kept(release, sql, params).copy(deep=False)


@st.cache_resource(show_spinner=False, max_entries=2000, hash_funcs=BY_RELEASE)
def _kept(release: Release, sql: str, params: tuple[Any, ...]) -> pd.DataFrame:
    found = release.query(sql, list(params))
    # Sessions share the index of the columns: it is made here, once, and not by two of them at the same time.
    _ = found.columns.is_unique, found.columns.get_indexer(found.columns)
    return found


def rows_of(release: Release, mart: str, filters: Mapping[str, Filter], order_by: str) -> pd.DataFrame:
    """Rows of a mart equal to the filters. Names are written in this room's code; values are compared, never written."""
    kept = {column: value for column, value in filters.items() if value is not None}
    return _whole(release, mart, order_by).rows(kept)


@st.cache_resource(show_spinner=False, max_entries=2000, hash_funcs=BY_RELEASE)
def _whole(release: Release, mart: str, order_by: str) -> WholeMart:
    return WholeMart(release.query(f"select * from {mart} order by {order_by}"))
