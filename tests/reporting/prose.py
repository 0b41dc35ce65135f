"""What no sentence of a report may have: the faults that templates and missing figures leave in Italian."""

import re

FAULTS = {
    "a missing figure": r"\b(None|nan|NaN|inf)\b|(?<![\w«(])–(?![\w»])\s*(?:%|€|su\b|minor|reclam|or[ae]\b)|\bsono –|\bè –|\{|\}",
    "a negative zero": r"[−-]0(?:,0+)?(?![\d])(?!,\d)",
    "an article not elided": r"\b(?:[Ii]l|[Aa]l|[Dd]al|[Nn]el|[Dd]el|[Ss]ul) (?:8[\d.,]*|11[,.% /]|0?8/|1%|1,\d+%|[AEIOUaeiou]\w)",
    "an elision where none belongs": r"(?:all|nell|dell|dall|sull|\bl)'(?:primo|secondo|[02345679]|1[02-9])",
    "a plural for one": r"(?<![\d.,])1 (?:minori|reclami|controlli|interventi|questionari|giorni|mesi|ore|aspetti|punti di|persone|righe|segnalazioni)\b",
    "a singular for many": r"\b(?:[2-9]|\d{2,}) (?:minore|reclamo|controllo|intervento|questionario|giorno|mese|ora|aspetto|riga|segnalazione)\b",
    "two spaces or stray marks": r"  | [,.;:](?!\d)|\.\.|,,|;\.|:\.|\(\)|«»|\( | \)",
    "an open bracket": r"^[^()]*\([^()]*$",
}


def faults(text: str) -> list[str]:
    """The kinds of fault in a text, each with the words around it; none when it reads right."""
    found = []
    for name, pattern in FAULTS.items():
        match = re.search(pattern, text)
        if match:
            found.append(f"{name}: «{text[max(0, match.start() - 30) : match.end() + 30]}»")
    if not text.strip() or not (text[0].isupper() or text[0].isdigit() or text[0] in "«"):
        found.append(f"no capital at the start: «{text[:40]}»")
    if not text.rstrip().endswith((".", ":", "»", ")")):
        found.append(f"no full stop: «{text[-40:]}»")
    return found
