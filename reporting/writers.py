"""The formats of a document: the suffix of a file -> the writer of a report in that format."""

from collections.abc import Callable

from reporting.model import Report
from reporting.pdf import pdf
from reporting.workbook import workbook

WRITERS: dict[str, Callable[[Report], bytes]] = {"pdf": pdf, "xlsx": workbook}
