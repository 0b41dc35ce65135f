"""Keyed pseudonyms: HMAC-SHA256 computed set-based in DuckDB, over the distinct values of a column.

A key is a chain of secrets (`osservatorio.keys`): each keys what the one before it made, so that a rotation can
bring forward what was landed without the originals (`ingestion.rekeying`).
"""

from collections.abc import Sequence

from ingestion.conversion import text_of, valid_identifiers
from osservatorio.contracts import Column

_BLOCK_BYTES = 64  # of SHA-256; HMAC pads the key to it (RFC 2104)
_INNER = 0x36
_OUTER = 0x5C


def pads(secrets: Sequence[bytes]) -> dict[str, bytes]:
    """The two pads of HMAC for each secret, as bound parameters. A secret is no longer than a block."""
    if any(len(secret) > _BLOCK_BYTES for secret in secrets):
        raise ValueError("the key is longer than a block of SHA-256")
    padded = [secret.ljust(_BLOCK_BYTES, b"\0") for secret in secrets]
    inner = {f"inner_pad_{n}": bytes(byte ^ _INNER for byte in secret) for n, secret in enumerate(padded)}
    outer = {f"outer_pad_{n}": bytes(byte ^ _OUTER for byte in secret) for n, secret in enumerate(padded)}
    return inner | outer


def keyed(text: str, links: int, pad: str = "$") -> str:
    """SQL: the lowercase hex of HMAC-SHA256 of a text with each of `links` secrets in turn, the first one innermost.

    `pad` is what stands before the names of `pads`: `$` for parameters, or the alias of a table that has them.
    """
    for link in range(links):
        text = f"sha256({pad}outer_pad_{link} || unhex(sha256({pad}inner_pad_{link} || encode({text}))))"
    return text


def pseudonyms_query(column: Column, source: str, links: int) -> str:
    """SQL: each distinct delivered text of a secret column with its pseudonym, null when the text is not valid.

    The pseudonym is that of domain || ':' || normalised value under a key of `links` secrets. Parameters: `pads`.
    """
    text = text_of(column.name)
    texts = f"select distinct {text} as delivered_text from {source} where {text} is not null"
    message = f"'{column.pseudonym_domain}:' || value"
    return f"""
        select delivered_text, {keyed(message, links)} as pseudonym
        from ({valid_identifiers(column, texts)})"""
