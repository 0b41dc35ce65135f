"""The words of an explained figure: values as their columns are written, causes as sentences."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from osservatorio import italian
from osservatorio.compare_texts import CODES, DELIVERY_CHANGES, circumstance, moved_counts
from osservatorio.explain import LONG_TABLE, Explanation, MartRow
from osservatorio.explain_catalogue import Words
from osservatorio.explain_history import Causes, Step
from osservatorio.explain_sources import Source, State
from osservatorio.reference import code_list, municipalities

STATES = {
    State.SAME: "è quello della pubblicazione",
    State.OTHER: "diverso da quello della pubblicazione: è cambiato dopo",
    State.GONE: "non è in questa installazione",
    State.UNKNOWN: "la pubblicazione non dice quale fosse",
}
PERCENT = "percentuale"
DECIMALS = 2
SHOWN_CAUSES = 15  # deliveries named for one change
IN_UNIT = ("value", "low", "high")  # columns of the long table that are written in the unit of the row


def value_text(value: Any, form: str) -> str:
    """A value as its column is written; a missing one is «–»."""
    match value:
        case None | "":
            return italian.MISSING
        case bool():
            return "sì" if value else "no"
        case datetime():
            return italian.date_it(value.date())
        case date():
            return italian.date_it(value)
    if not isinstance(value, int | float | Decimal):
        return CODES.get(str(value), str(value))
    match form:
        case "intero":
            return italian.number(value)
        case "euro":
            return italian.euro(value)
        case "percentuale":
            return italian.percent(value, DECIMALS)
        case "codice" | "testo":
            return str(value)
    return italian.number(value, DECIMALS)


def count_text(value: float | None) -> str:
    """A numerator or denominator: whole where it is."""
    return italian.number(value, 0 if value is None or float(value).is_integer() else DECIMALS)


def title(found: Explanation) -> str:
    """The name of the figure and the code it was asked by."""
    if found.indicator:
        return f"{found.indicator['name']} ({found.indicator['indicator_code']})"
    return f"{found.words.label} ({found.cell.mart}.{found.cell.column})"


def place(found: Explanation) -> str:
    """«primo semestre 2022 · Meda · Tutti i servizi», and the other codes of the row."""
    said = ("indicator_code", "period_type", "period", "year", "municipality_code", "service_code")
    rest = [f"{name} = {text}" for name, text in found.cell.key.items() if name not in said]
    return " · ".join(
        part for part in (found.period.label, found.place_name, found.service_name, *rest) if part
    )


def value(found: Explanation) -> str:
    """The value with its unit."""
    text = value_text(found.value, form(found))
    unit = found.indicator["unit"] if found.indicator else ""
    return text if not unit or form(found) in (PERCENT, "euro") else f"{text} {unit}"


def form(found: Explanation) -> str:
    """How the figure is written."""
    return found.indicator["format"] if found.indicator else found.words.format


def facts(found: Explanation) -> list[tuple[str, str]]:
    """What a reader must know of the figure, line by line."""
    lines = [("Valore", value(found))]
    if found.indicator and found.measured:
        measured, indicator = found.measured, found.indicator
        if measured["low"] is not None:
            low, high = (value_text(measured[name], form(found)) for name in ("low", "high"))
            lines.append(("Intervallo", f"da {low} a {high} (al 95%, Wilson)"))
        if measured["numerator"] is not None:
            lines.append(("Numeratore", f"{indicator['numerator']}: {count_text(measured['numerator'])}"))
        if measured["denominator"] is not None:
            lines.append(
                ("Denominatore", f"{indicator['denominator']}: {count_text(measured['denominator'])}")
            )
        lines.append(("Definizione", indicator["definition"]))
        lines.append(("Risponde a", indicator["serves"]))
    else:
        lines.append(("Definizione", found.words.definition or "non descritta"))
    row = {words.name: cell for words, cell in found.rows[0].cells}
    if (found.measured or row).get("is_small"):
        lines.append(
            ("Attenzione", "numeri piccoli: una differenza di pochi casi può essere dovuta al caso.")
        )
    if row.get("is_complete") is False:
        lines.append(("Attenzione", "il periodo non è concluso: il valore è provvisorio."))
    if row.get("is_covered") is False:
        lines.append(("Attenzione", "i dati del periodo sono parziali."))
    return lines


def row_title(row: MartRow) -> str:
    return f"Riga di «{code_list('mart').get(row.mart, row.mart)}» ({row.mart})"


def row_lines(row: MartRow) -> list[tuple[str, str, str]]:
    """Label, value and name of each column of a row; the figure itself is marked."""
    forms = {words.name: cell for words, cell in row.cells}
    unit = forms.get("value_format") if row.mart == LONG_TABLE else None
    return [
        (
            ("» " if words.name == row.column else "  ") + words.label,
            value_text(cell, unit if unit and words.name in IN_UNIT else _form(words, cell)),
            words.name,
        )
        for words, cell in row.cells
    ]


def _form(words: Words, cell: Any) -> str:
    is_whole = isinstance(cell, float) and words.format == "decimale" and cell.is_integer()
    return "intero" if is_whole else words.format


def source_line(source: Source) -> tuple[str, str, str]:
    """Name, path and whether the text is the one that made the release."""
    return source.name, source.path or italian.MISSING, STATES[source.state]


def body(code: str | None) -> str:
    """The name of the body that delivered."""
    known = municipalities().get(code or "")
    return known.name if known else code or italian.MISSING


def extraction(delivery: dict[str, Any]) -> str:
    """The day of extraction of a delivery, or the first and the last."""
    days = sorted({delivery["first_extraction"], delivery["last_extraction"]} - {None})
    return " – ".join(italian.date_it(date.fromisoformat(day)) for day in days) or italian.MISSING


def step_value(step: Step, found: Explanation) -> str:
    return step.problem or (value_text(step.value, form(found)) if step.row else "nessun valore")


def step_difference(step: Step, found: Explanation) -> str:
    """The difference from the release before, with its sign; empty where the figure did not move."""
    if not step.is_moved:
        return ""
    if step.difference is None:
        return "diversa"
    if step.difference == 0:
        return "uguale"
    if form(found) == PERCENT:
        text = f"{italian.number(step.difference * 100, DECIMALS)} punti"
    else:
        text = value_text(step.difference, form(found))
    return f"+{text}" if step.difference > 0 else text


def counts(step: Step) -> str:
    """«141 / 3.644»: numerator and denominator, for an indicator."""
    if step.row.get("numerator") is None or step.row.get("denominator") is None:
        return ""
    return f"{count_text(step.row['numerator'])} / {count_text(step.row['denominator'])}"


def causes(found: Causes) -> list[str]:
    """Why a figure moved: what changed besides deliveries, then the deliveries that can have moved it."""
    lines = []
    for item in found.circumstances:
        label, before, after = circumstance(item)
        lines.append(f"{label}: {before} → {after}" if before else f"{label}: {after}")
    for change in found.deliveries[:SHOWN_CAUSES]:
        lines.append(
            f"consegna {DELIVERY_CHANGES[change.change]}: {change.delivery['file']} ({moved_counts(change)})"
        )
    more = len(found.deliveries) - SHOWN_CAUSES
    if more > 0:
        lines.append(f"… e altre {italian.number(more)} consegne")
    if any(item.kind == "as_of" for item in found.circumstances):
        lines.append(
            "(con un'altra data di riferimento una parte della differenza viene dal tempo trascorso)"
        )
    return lines or ["nessuna causa riconosciuta nelle schede delle due pubblicazioni"]
