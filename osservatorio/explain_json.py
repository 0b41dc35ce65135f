"""An explained figure for other programs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from osservatorio import explain_texts as texts
from osservatorio.explain import Explanation


def explanation_as_json(found: Explanation) -> dict[str, Any]:
    """One object: the figure, its rows, its history, the deliveries and the texts."""
    content = {
        "release_id": found.manifest["release_id"],
        "as_of": found.manifest["as_of"],
        "title": texts.title(found),
        "mart": found.cell.mart,
        "column": found.cell.column,
        "key": found.cell.key,
        "value": found.value,
        "facts": [{"label": label, "text": text} for label, text in texts.facts(found)],
        "indicator": found.indicator,
        "measured": found.measured,
        "rows": [
            {
                "mart": row.mart,
                "column": row.column,
                "cells": [
                    {"name": words.name, "label": words.label, "value": cell} for words, cell in row.cells
                ],
            }
            for row in found.rows
        ],
        "query": found.query,
        "sources": [vars(source) for source in found.sources.all],
        "lists": found.sources.lists,
        "extracts": found.extracts,
        "deliveries": [_delivery(delivery) for delivery in found.deliveries],
        "history": [
            {
                "release_id": step.release_id,
                "as_of": step.manifest["as_of"],
                "created_at": step.manifest["created_at"],
                "value": step.value,
                "numerator": step.row.get("numerator"),
                "denominator": step.row.get("denominator"),
                "problem": step.problem,
                "is_moved": step.is_moved,
                "difference": step.difference,
                "circumstances": [vars(item) for item in step.causes.circumstances] if step.causes else [],
                "deliveries": [
                    {"change": change.change, **_delivery(change.delivery)}
                    for change in step.causes.deliveries
                ]
                if step.causes
                else [],
            }
            for step in found.history
        ],
        "later": found.later,
    }
    return _plain(content)


def _delivery(delivery: dict[str, Any]) -> dict[str, Any]:
    """A delivery without the fingerprints of its rows by municipality, which say nothing by themselves."""
    return {name: fact for name, fact in delivery.items() if name not in ("moves", "municipalities")}


def _plain(value: Any) -> Any:
    """What JSON holds: dates as ISO texts, exact decimals as numbers."""
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case date() | datetime():
            return value.isoformat()
        case Decimal():
            return float(value)
    return value
