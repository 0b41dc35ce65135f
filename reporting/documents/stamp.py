"""The stamp inside every document: which report of which release it is, and with which texts.

It stands among the keywords of the file's own properties, so that a copy with another name can still be
told, and made again to be compared.
"""

import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256

import osservatorio
from reporting.model import Report

WHOLE = "ambito"  # the edition of all municipalities
DIGITS = 16  # of the digest of the texts
_PATTERN = re.compile(  # some programs write a space for the colon when they save the file again
    r"osservatorio[: ](?P<kind>[a-z_]{1,40})[: ](?P<period>[0-9S-]{4,7})[: ](?P<edition>[a-z_]{1,60})"
    r"[: ](?P<release_id>[A-Za-z0-9-]{1,80})[: ](?P<words>[0-9a-f]{16})[: ](?P<version>[0-9A-Za-z.+-]{1,30})"
)

MOST_CHARACTERS = 255  # that the properties of an Office document hold


@dataclass(frozen=True)
class Stamp:
    """What a document says of itself: `words` is the digest of the texts people wrote, `version` the program's."""

    kind: str
    period: str
    edition: str
    release_id: str
    words: str
    version: str

    @property
    def comune(self) -> str | None:
        """The slug of the municipality of a municipality's own edition."""
        return None if self.edition == WHOLE else self.edition

    def __str__(self) -> str:
        return ":".join(("osservatorio", *asdict(self).values()))


def stamp_of(report: Report) -> Stamp:
    return Stamp(
        report.key,
        report.period_code,
        report.edition_slug or WHOLE,
        report.release_id,
        words_digest(report),
        osservatorio.__version__,
    )


def words_digest(report: Report) -> str:
    """A digest of the texts that people wrote for the report, as it shows them."""
    texts = [[text.key, [asdict(line) for line in text.lines]] for text in report.narratives]
    return sha256(json.dumps(texts, ensure_ascii=True).encode()).hexdigest()[:DIGITS]


def find_stamp(text: str) -> Stamp | None:
    """The stamp in a document's properties; None where there is none."""
    match = _PATTERN.search(text)
    return Stamp(**match.groupdict()) if match else None


def stamped_keywords(report: Report) -> tuple[str, ...]:
    """The keywords of the document's properties, with its stamp last."""
    return (*report.keywords, str(stamp_of(report)))


def office_keywords(report: Report) -> str:
    """The same as one text of at most `MOST_CHARACTERS`: where it would be longer, the first topics are left out."""
    words = list(stamped_keywords(report))
    while len(", ".join(words)) > MOST_CHARACTERS and len(words) > 1:
        words.pop(0)
    return ", ".join(words)
