"""The words of a comparison between two releases, and how its values are written."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from osservatorio import italian
from osservatorio.circumstances import Circumstance
from osservatorio.compare import Comparison
from osservatorio.compare_figures import CHANGED, GONE, NEW, Figure
from osservatorio.provenance import DeliveryChange
from osservatorio.settings import SETTING_LABELS

STATUSES = {CHANGED: "cambiato", NEW: "riga nuova", GONE: "riga scomparsa"}
DELIVERY_CHANGES = {"arrived": "arrivata", "changed": "con altri conteggi", "left": "non più compresa"}
CODES = {"landed": "caricata", "refused": "respinta"}
CIRCUMSTANCES = {
    "as_of": "Data di riferimento",
    "key_id": "Chiave degli pseudonimi",
    "settings": "Impostazione",
    "versions": "Versione",
    "models": "Definizione della tabella",
    "macros": "Formula",
    "lists": "Elenco",
}
SHOWN_NUMBERS = 5  # runs of delivery numbers beside a figure
COUNTS = {
    "rows_read": "lette",
    "accepted": "accettate",
    "quarantined": "in quarantena",
    "waiting": "in attesa",
    "counted": "comprese alla data di riferimento",
}


def circumstance(item: Circumstance) -> tuple[str, str, str]:
    """What differs, and its value in each release."""
    if item.kind == "as_of":
        values = [
            italian.date_it(date.fromisoformat(text)) if text else "–" for text in (item.before, item.after)
        ]
        return CIRCUMSTANCES["as_of"], values[0], values[1]
    label = CIRCUMSTANCES[item.kind]
    if item.name != item.kind:
        label = f"{label}: {SETTING_LABELS.get(item.name, item.name)}"
    if item.kind == "lists":
        return label, "", "contenuto diverso"
    return label, item.before or "–", item.after or "–"


def moved_counts(change: DeliveryChange) -> str:
    """The counts of a delivery: those that moved, or how many rows it brought."""
    if change.before is None:
        whole = ", sostituzione completa" if change.delivery.get("is_full_replacement") else ""
        return f"accettate {italian.number(change.delivery['accepted'])}{whole}"
    before = change.before
    return ", ".join(
        f"{label} {italian.number(before.get(name))} → {italian.number(change.delivery.get(name))}"
        for name, label in COUNTS.items()
        if before.get(name) != change.delivery.get(name)
    )


def row_words(figure: Figure) -> str:
    """«2022-S1 · Meda · Tutti i servizi»: the row of a figure; its period says of which type it is."""
    shown = zip(figure.key, figure.shown.values(), strict=True)
    return " · ".join(text for name, text in shown if name != "period_type")


def value(found: Any, form: str) -> str:
    """A value as its column is written; a row that is not there and a missing value are «–»."""
    if found is None:
        return italian.MISSING
    match form:
        case "intero":
            return italian.number(found)
        case "euro":
            return italian.euro(found)
        case "percentuale":
            return italian.percent(found, 2)
        case "decimale":
            return italian.number(found, 2)
        case "si_no":
            return {"true": "sì", "false": "no"}.get(found, found)
        case "data":
            return italian.date_it(date.fromisoformat(found))
    return CODES.get(found, found)


def difference(figure: Figure) -> str:
    """The difference with its sign; «–» where there is none to compute."""
    if figure.difference is None:
        return italian.MISSING
    text = (
        f"{italian.number(figure.difference * 100, 2)} punti"  # of two percentages the difference is no percentage
        if figure.format == "percentuale"
        else value(figure.difference, figure.format)
    )
    return f"+{text}" if figure.difference > 0 else text


def delivery_numbers(places: Sequence[int]) -> str:
    """«1-4, 7»: the numbers of the deliveries, runs of them as their ends."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    parts = [
        str(run[0]) if len(run) == 1 else f"{run[0]}{', ' if len(run) == 2 else '-'}{run[-1]}" for run in runs
    ]
    shown = ", ".join(parts[:SHOWN_NUMBERS])
    more = sum(len(run) for run in runs[SHOWN_NUMBERS:])
    return f"{shown} e altre {more}" if more else shown or "–"


def summary(comparison: Comparison) -> list[str]:
    """What a reader should know before the figures."""
    lines = []
    if comparison.indicators:
        lines.append(f"Confronto limitato a: {', '.join(comparison.indicators)}.")
    kinds = {item.kind for item in comparison.circumstances}
    if "as_of" in kinds:
        lines.append(
            "Le date di riferimento sono diverse: una parte delle differenze viene dal tempo trascorso e non da correzioni."
        )
    if kinds & {"models", "macros", "versions", "settings", "lists"}:
        lines.append(
            "Sono cambiate anche definizioni o impostazioni: una parte delle differenze può venire da lì e non dalle consegne."
        )
    if not comparison.total and comparison.indicators:
        lines.append("Nessun valore degli indicatori chiesti è diverso.")
    elif not comparison.total:
        is_same = comparison.before["content_sha256"] == comparison.after["content_sha256"]
        lines.append(
            "Nessun valore è diverso" + ("." if is_same else ": cambiano solo righe a zero o descrizioni.")
        )
    return lines
