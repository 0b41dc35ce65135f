"""The formats of a document: the suffix of a file -> the writer of a report in that format."""

from collections.abc import Callable

from reporting.draft.writer import draft
from reporting.model import Report
from reporting.pdf import pdf
from reporting.slides import slides
from reporting.workbook import workbook

WRITERS: dict[str, Callable[[Report], bytes]] = {"pdf": pdf, "docx": draft, "xlsx": workbook, "pptx": slides}
