"""What a person may have meant: the known names nearest to one that is not known."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

MOST = 3
LIKENESS = 0.6


def nearest(text: str, names: Iterable[str]) -> list[str]:
    """At most three of the names that look like a text, or contain it; the most alike first."""
    folded = {_fold(name): name for name in names}
    wanted = _fold(text)
    alike = get_close_matches(wanted, folded, MOST, LIKENESS)
    within = sorted((name for name in folded if wanted and wanted in name), key=len)
    return [folded[name] for name in dict.fromkeys([*alike, *within])][:MOST]


def perhaps(text: str, names: Iterable[str] | Mapping[str, str]) -> str:
    """« Forse «a» o «b»?», to follow a sentence; empty when nothing known looks like the text.

    Of a mapping (code -> label) codes are told, whether they or their labels look like the text.
    """
    codes = {label: code for code, label in names.items()} if isinstance(names, Mapping) else {}
    alike = nearest(text, [*names, *codes])
    found = [f"«{name}»" for name in dict.fromkeys(codes.get(name, name) for name in alike)]
    if not found:
        return ""
    return f" Forse {' o '.join(', '.join(found).rsplit(', ', 1))}?"


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())
