"""Which reports were produced, when and from which release: what the audit log tells of them.

The log is read as it stands, without its key: who wants to know that nobody changed it asks `audit verify`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from osservatorio.home import Home

MARK = b'"event":"report '
DONE = "fatto"
FOLDER = "cartella"  # the fact that holds the folder of the files: the release that they were made from
# «semestrale_2022-S1_meda.pdf»: kind, period, municipality.
FILE = re.compile(
    r"(?P<kind>[a-z]+(?:_[a-z]+)*)_(?P<period>\d{4}(?:-S[12]|-\d{2})?)(?:_(?P<slug>[a-z_]+))?\.[a-z]+"
)
RELEASE = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}(?:-k[0-9a-f]+)?")


@dataclass(frozen=True)
class ProducedReport:
    """The first production of a report from a release. `slug` is empty for the edition of the whole Ambito."""

    kind: str
    period_code: str
    slug: str
    release_id: str
    at: datetime

    @property
    def as_of(self) -> date:
        """The reference date of its figures, which the name of a release begins with."""
        return date.fromisoformat(self.release_id[:10])


def produced_reports(home: Home) -> list[ProducedReport]:
    """Each report once for every release that it was made from, in the order in which they were first produced."""
    found: dict[tuple[str, ...], ProducedReport] = {}
    for entry in _entries(home):
        facts = entry["facts"]
        release_id = facts.get(FOLDER)
        if not isinstance(release_id, str) or not RELEASE.fullmatch(release_id):
            continue
        for match in filter(None, map(FILE.fullmatch, facts)):
            report = ProducedReport(
                match["kind"],
                match["period"],
                match["slug"] or "",
                release_id,
                datetime.fromisoformat(entry["at"]),  # with the offset that it was written with
            )
            found.setdefault((report.kind, report.period_code, report.slug, release_id), report)
    return list(found.values())


def _entries(home: Home) -> Iterator[dict[str, Any]]:
    """The lines of the log about reports that were written; those that cannot be read are passed over."""
    try:
        content = home.audit_log.read_bytes()
    except OSError:
        return
    for line in content.splitlines():
        if MARK not in line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("phase") == DONE and isinstance(entry.get("facts"), dict):
            yield entry
