"""Searching what a home holds: bytes of every file, also inside of archives and documents, and every text of a database."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from osservatorio.database import connect
from osservatorio.home import Home

_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def texts_of(path: Path) -> set[str]:
    """Every text in every column of every table of an archive: what storage compresses, a search of bytes misses."""
    with connect(path, read_only=True) as con:
        (name,) = con.execute("select current_database()").fetchone()
        columns = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where database_name = ? and not internal",
            [name],
        ).fetchall()
        found: set[str] = set()
        for schema, table, column in columns:
            rows = con.execute(
                f'select distinct "{column}"::varchar from "{name}"."{schema}"."{table}" where "{column}" is not null'
            ).fetchall()
            found |= {text for (text,) in rows}
    return found


def bytes_of(home: Home) -> bytes:
    """Every byte of every file of a home, and its name."""
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files_of(home))


def files_of(home: Home) -> list[Path]:
    return sorted(path for path in home.root.rglob("*") if path.is_file())


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, as it is and unfolded: members of zips, streams and texts of PDFs, values of databases."""
    raw = path.read_bytes()
    yield raw
    if zipfile.is_zipfile(BytesIO(raw)):
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            yield from (name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf":
        yield from _pdf(raw)
    if path.suffix == ".duckdb":
        yield "\n".join(texts_of(path)).encode()


def _pdf(raw: bytes) -> Iterator[bytes]:
    from pypdf import PdfReader

    for stream in _PDF_STREAM.findall(raw):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            yield stream
    yield "\n".join(page.extract_text() for page in PdfReader(BytesIO(raw)).pages).encode()


def found_in(content: bytes, secrets: Iterable[str]) -> list[str]:
    """The secrets that a content holds, in whatever case, also with two bytes to a letter."""
    lower = content.lower()

    def holds(text: str) -> bool:
        return any(text.lower().encode(code) in lower for code in ("utf-8", "utf-16-le", "utf-16-be"))

    secrets = list(secrets)
    starts = {
        start for start in {secret[:6] for secret in secrets} if holds(start)
    }  # few: most contents end here
    return [secret for secret in secrets if secret[:6] in starts and holds(secret)]
