"""All the SQL of the reports: slices of marts and of the seeds of one release, with bound parameters.

Names of marts and columns come from code and are checked against the seed mart_columns before they
reach a statement; values are always bound.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from osservatorio.release import Release
from reporting.drawing.glyphs import without_controls

AMBITO, TUTTI, TUTTE = "AMBITO", "TUTTI", "TUTTE"  # the codes of total rows
Record = dict[str, Any]


def mart_columns(release: Release) -> list[Record]:
    """What each column of each mart means: mart, column_name, label, definition, format; in seed order."""
    names = ("mart", "column_name", "label", "definition", "format")
    return _records(release, names, "from seeds.mart_columns order by rowid", {})


def municipalities(release: Release) -> list[Record]:
    """municipality_code, name; in alphabetical order."""
    return _records(release, ("municipality_code", "name"), "from seeds.municipalities order by name", {})


def services(release: Release) -> list[Record]:
    """service_code, name, short_name; in display order."""
    names = ("service_code", "name", "short_name")
    return _records(release, names, "from seeds.services order by sort_order", {})


def code_lists(release: Release) -> list[Record]:
    """code_list, code, label; each list in display order."""
    names = ("code_list", "code", "label")
    return _records(release, names, "from seeds.code_lists order by code_list, sort_order", {})


def indicators(release: Release) -> list[Record]:
    """What the seed says of each indicator, in display order: names, definition, format, direction, source."""
    names = (
        "indicator_code",
        "topic",
        "name",
        "definition",
        "numerator",
        "denominator",
        "unit",
        "format",
        "direction",
        "source_mart",
        "source_column",
    )
    return _records(release, names, "from seeds.indicators order by sort_order", {})


def measures(release: Release, periods: Sequence[str], places: Sequence[str] | None) -> list[Record]:
    """Rows of mart_indicators of some periods, of all municipalities or of some, in the order of their keys."""
    names = (
        "indicator_code",
        "period",
        "municipality_code",
        "service_code",
        "indicator_name",
        "value",
        "numerator",
        "denominator",
        "low",
        "high",
        "is_small",
        "unit",
        "value_format",
    )
    where = {"period": tuple(periods), "municipality_code": None if places is None else tuple(places)}
    return mart_slice(release, "mart_indicators", names, where)


def population_sources(release: Release) -> list[Record]:
    """source: where the resident minors come from."""
    names = ("source",)
    return _records(release, names, "from seeds.resident_minors group by source order by source", {})


def mart_slice(
    release: Release, mart: str, columns: Sequence[str], where: Mapping[str, object]
) -> list[Record]:
    """Rows of a mart whose columns equal the values given (a tuple: any of them; None: whatever value)."""
    conditions = [
        f"list_contains(${name}, {name})" if isinstance(value, tuple) else f"{name} = ${name}"
        for name, value in where.items()
        if value is not None
    ]
    bound = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in where.items()
        if value is not None
    }
    tail = f"from {mart}"
    if conditions:
        tail += f" where {' and '.join(conditions)}"
    return _records(release, columns, f"{tail} order by {', '.join(columns)}", bound)


def periods(release: Release, period_type: str) -> list[Record]:
    """period, period_start, period_end, is_complete of the semesters or years that the deliveries cover.

    The caseload mart reaches back to the oldest open spell, long before anybody delivered acts: a period
    is covered from the first one with an act of service (when no act was delivered at all, every one is).
    """
    names = ("period", "period_start", "period_end", "is_complete")
    tail = """
        from mart_caseload_by_municipality
        where period_type = $type and municipality_code = $town and service_code = $service
            and period >= coalesce(
                (select min(period) from mart_service_usage where period_type = $type), ''
            )
        order by period
    """
    return _records(release, names, tail, {"type": period_type, "town": AMBITO, "service": TUTTI})


# A delivery is of a body when the body's code is among those of its rows; no body asks for all deliveries.
_OF_BODY = (
    "($body is null or list_contains(string_split(replace(coalesce(codice_ente, ''), ' ', ''), ','), $body))"
)
_OF_EXTRACTS = "($extracts is null or list_contains($extracts, extract))"


def delivered_rows(
    release: Release, dimension: str, body: str | None = None, extracts: Sequence[str] | None = None
) -> list[Record]:
    """Rows delivered, accepted, quarantined and waiting, summed by a column of mart_data_quality.

    Of all deliveries, or of those of one body and of some extracts.
    """
    names = (dimension, "rows_delivered", "rows_accepted", "rows_quarantined", "rows_waiting")
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in names[1:])
    tail = f"""
        from (
            select {dimension}, {sums}
            from mart_data_quality
            where rule = $whole and {_OF_BODY} and {_OF_EXTRACTS}
            group by {dimension}
        )
        order by {dimension}
    """
    return _records(release, names, tail, {"whole": TUTTE, **_deliveries(body, extracts)})


def deliveries_of(
    release: Release, columns: Sequence[str], body: str | None, extracts: Sequence[str] | None
) -> list[Record]:
    """Columns of mart_data_quality, one row per delivery, of one body and of some extracts, or of all."""
    tail = f"from mart_data_quality where rule = $whole and {_OF_BODY} and {_OF_EXTRACTS} order by {', '.join(columns)}"
    return _records(release, columns, tail, {"whole": TUTTE, **_deliveries(body, extracts)})


def _deliveries(body: str | None, extracts: Sequence[str] | None) -> dict[str, object]:
    return {"body": body, "extracts": None if extracts is None else list(extracts)}


def broken_rules(
    release: Release, limit: int, body: str | None = None, extracts: Sequence[str] | None = None
) -> list[Record]:
    """The rules most often broken: rule, extract, rows_quarantined, example_message, example_locations.

    In all deliveries, or in those of one body and of some extracts.
    """
    names = ("rule", "extract", "rows_quarantined", "example_message", "example_locations")
    tail = f"""
        from (
            select
                rule,
                extract,
                sum(rows_quarantined)::bigint as rows_quarantined,
                arg_max(example_message, (rows_quarantined, delivery_id)) as example_message,
                arg_max(example_locations, (rows_quarantined, delivery_id)) as example_locations
            from mart_data_quality
            where rule <> $whole and {_OF_BODY} and {_OF_EXTRACTS}
            group by rule, extract
        )
        order by rows_quarantined desc, rule, extract
        limit $limit
    """
    return _records(release, names, tail, {"whole": TUTTE, "limit": limit, **_deliveries(body, extracts)})


def select(release: Release, names: Sequence[str], tail: str, bound: Mapping[str, object]) -> list[Record]:
    """Run `select names tail`, for the modules beside this one: names and tail are written in code, values bound."""
    return _records(release, names, tail, bound)


def _records(release: Release, names: Sequence[str], tail: str, bound: Mapping[str, object]) -> list[Record]:
    rows = release.rows(f"select {', '.join(names)} {tail}", bound)
    return [dict(zip(names, map(_tidy, row), strict=True)) for row in rows]


def _tidy(value: Any) -> Any:
    """Texts without control characters; floats to nine figures, as the release's name counts them.

    Parallel sums differ in the last bits from one build to the next: reports must not.
    """
    if isinstance(value, str):
        return without_controls(value)
    return float(f"{value:.9g}") if isinstance(value, float) else value
