"""A chart in words, for who cannot see it: what it shows, and the highest and lowest mark of each series.

Every figure itself stands in the table beside the chart.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from dashboards.chart_style import Drawing

_TAGS = re.compile("<[^>]*>")
# Value, name, and the value as people read it.
Mark = tuple[float, str, str]
# Of more series only the names are told.
_MOST_SERIES = 3


def described(figure: Drawing, title: str, note: str | None = None) -> str:
    """The alternative text of a chart: «Grafico: Nei Comuni. Il valore più alto è Seregno, 270; …»."""
    found = [(_bare(trace.get("name") or ""), _marks(trace)) for trace in figure.content["data"]]
    series = [(name, marks) for name, marks in found if marks]
    parts = [f"Grafico: {title}.", note or ""]
    if len(series) <= _MOST_SERIES:
        parts += [_extremes(name if len(series) > 1 else "", marks) for name, marks in series]
    else:
        parts.append(f"Serie: {', '.join(name for name, _ in series)}.")
    parts = [part[:1].upper() + part[1:] for part in parts]
    parts.append("Tutti i valori sono nella tabella accanto.")
    return " ".join(part for part in parts if part)


def _marks(trace: Mapping[str, Any]) -> list[Mark]:
    """The marks of a trace that have a value; none where the trace is an outline."""
    has_interval = trace["type"] == "scatter" and "error_x" in trace
    is_flat = has_interval or (trace["type"] == "bar" and trace.get("orientation") == "h")
    values, names = (trace["x"], trace["y"]) if is_flat else (trace["y"], trace["x"])
    texts = trace.get("text" if has_interval else "customdata")
    if texts is None:
        return []
    return [
        (float(value), _bare(name), str(text))
        for value, name, text in zip(values, names, texts, strict=False)
        if value is not None
    ]


def _extremes(series: str, marks: list[Mark]) -> str:
    top, bottom = max(marks), min(marks)
    name = f"{series}: " if series else ""
    if len(marks) == 1:
        return f"{name}{top[1]}, {top[2]}."
    if top[0] == bottom[0]:
        return f"{name}tutti i valori sono {top[2]}."
    return f"{name}il valore più alto è {top[1]}, {top[2]}; il più basso {bottom[1]}, {bottom[2]}."


def _bare(text: object) -> str:
    """A text of the chart without markup, on one line."""
    return html.unescape(_TAGS.sub(" ", str(text))).strip()
