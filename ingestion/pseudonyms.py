"""Keyed pseudonyms: HMAC-SHA256 computed set-based in DuckDB, over the distinct values of a column."""

from ingestion.conversion import text_of, valid_identifiers
from osservatorio.contracts import Column
from osservatorio.keys import Key

_BLOCK_BYTES = 64  # of SHA-256; HMAC pads the key to it (RFC 2104)
_INNER = 0x36
_OUTER = 0x5C


def pads(key: Key) -> dict[str, bytes]:
    """The two pads of HMAC as bound parameters. The key is shorter than a block (`osservatorio.keys`)."""
    if len(key.secret) > _BLOCK_BYTES:
        raise ValueError("the key is longer than a block of SHA-256")
    padded = key.secret.ljust(_BLOCK_BYTES, b"\0")
    return {
        "inner_pad": bytes(byte ^ _INNER for byte in padded),
        "outer_pad": bytes(byte ^ _OUTER for byte in padded),
    }


def pseudonyms_query(column: Column, source: str) -> str:
    """SQL: each distinct delivered text of a secret column with its pseudonym, null when the text is not valid.

    The pseudonym is the lowercase hex of HMAC-SHA256(key, domain || ':' || normalised value). Parameters:
    `inner_pad`, `outer_pad`.
    """
    text = text_of(column.name)
    texts = (
        f"select distinct {text} as delivered_text from {source} where {text} is not null and flaw is null"
    )
    message = f"encode('{column.pseudonym_domain}:' || value)"
    return f"""
        select delivered_text, sha256($outer_pad || unhex(sha256($inner_pad || {message}))) as pseudonym
        from ({valid_identifiers(column, texts)})"""
