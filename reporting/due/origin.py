"""What a file that was produced says of its origin: which words of people it was made with.

Every format keeps the keywords of the report (`cover.document`): PDF in its XMP packet, the others in their properties.
"""

import re
from html import unescape
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from reporting.cover import WORDS_KEYWORD

_IN_PDF = re.compile(rb"<pdf:Keywords>([^<]*)</pdf:Keywords>")
_IN_OFFICE = re.compile(rb"<cp:keywords>([^<]*)</cp:keywords>")
_PROPERTIES = "docProps/core.xml"
_MOST = 1 << 20  # bytes of the properties of a document: far more than there ever are
_VERSION = re.compile(rf"{WORDS_KEYWORD}([0-9a-f]{{8}})")


def words_of_file(path: Path) -> str | None:
    """The version of the words in a file, empty for a file without any; None when the file does not say."""
    try:
        found = _keywords(path)
    except (OSError, BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return None
    if found is None:
        return None
    keywords = unescape(found.decode("utf-8", "replace")).split(", ")
    return next((match[1] for word in keywords if (match := _VERSION.fullmatch(word))), "")


def _keywords(path: Path) -> bytes | None:
    if path.suffix == ".pdf":
        match = _IN_PDF.search(path.read_bytes())
    else:
        with ZipFile(path) as archive, archive.open(_PROPERTIES) as properties:
            match = _IN_OFFICE.search(properties.read(_MOST))
    return match[1] if match else None
