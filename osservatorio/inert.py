"""Texts that no spreadsheet takes for a formula."""

# First characters that make a spreadsheet read a text as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """The text, with an apostrophe before it where it would start a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
