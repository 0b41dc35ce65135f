"""Colours, typeface and folders of the documents: the Bootstrap Italia palette and Titillium Web."""

from pathlib import Path

import osservatorio

FONTS = Path(osservatorio.__file__).parent / "assets" / "fonts"
TYPEFACE = "Titillium Web"

PRIMARY = "#0066CC"
INK = "#1A1A1A"
MUTED = "#455A64"  # 7:1 on white
RULE = "#C5C7C9"
COMPARISON = "#8794A1"  # told from the primary by lightness as well: safe without colour vision
SERIES = (PRIMARY, COMPARISON)
