"""The formats of a document: the suffix of a file -> the writer of a report in that format."""

from collections.abc import Callable

from reporting.disclosure.tidy import STRUCTURE_FILE, csv_of, structure_of
from reporting.documents.draft.writer import draft
from reporting.documents.pdf import pdf
from reporting.documents.slides import slides
from reporting.documents.workbook import workbook
from reporting.model import Report


def tidy(report: Report) -> bytes:
    """The protected tables of a report, one row per cell. Raises ValueError for a report that has none."""
    if report.protected is None:
        raise ValueError(f"the report {report.key} has no protected tables")
    return csv_of(report.protected.tables)


def beside(report: Report, form: str) -> dict[str, bytes]:
    """The files that go with one of a format, by name: what readers know of the tables of a CSV."""
    if form != "csv" or report.protected is None:
        return {}
    return {STRUCTURE_FILE: structure_of(report.protected.known, report.protected.tables)}


WRITERS: dict[str, Callable[[Report], bytes]] = {
    "pdf": pdf,
    "docx": draft,
    "xlsx": workbook,
    "pptx": slides,
    "csv": tidy,
}
