"""The formats of a document: the suffix of a file -> the writer of a report in that format."""

from collections.abc import Callable

from reporting.documents.draft.writer import draft
from reporting.documents.pdf import pdf
from reporting.documents.slides import slides
from reporting.documents.workbook import workbook
from reporting.model import Report

WRITERS: dict[str, Callable[[Report], bytes]] = {"pdf": pdf, "docx": draft, "xlsx": workbook, "pptx": slides}
