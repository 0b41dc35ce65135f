"""Producing a report: from a data home and a period to the files, written whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import SEMESTER, Period, parse_period
from osservatorio.release import Release, open_release
from reporting import queries
from reporting.context import Context
from reporting.model import Report
from reporting.pdf import pdf
from reporting.semestrale import semestrale
from reporting.workbook import workbook

Progress = Callable[[str, int, int], None]
STEPS = 3  # reading, PDF, workbook


@dataclass(frozen=True)
class ProducedReport:
    """Where the files of a report are."""

    pdf: Path
    xlsx: Path


def produce_semestrale(
    home: Home, period_code: str, *, release_id: str | None = None, progress: Progress | None = None
) -> ProducedReport:
    """Write the semi-annual report of a semester as PDF and XLSX under `home.reports/<release id>/`.

    `release_id` names the release to read, the current one by default; `progress` is told the step, the
    steps done and how many there are. Raises UserError for a period that is not a semester or not in the
    release, when nothing was published yet, and when the files cannot be written.
    """
    _tell(progress, 0)
    report = read_semestrale(home, period_code, release_id=release_id)
    _tell(progress, 1)
    document = pdf(report)
    _tell(progress, 2)
    sheets = workbook(report)
    produced = _write(home, report, document, sheets)
    _tell(progress, 3)
    return produced


def read_semestrale(home: Home, period_code: str, *, release_id: str | None = None) -> Report:
    """The model of the semi-annual report, read from a release. Raises UserError as `produce_semestrale`."""
    period = _semester(period_code)
    with open_release(home, release_id) as release:
        return semestrale(_context(release, period))


def _semester(code: str) -> Period:
    period = parse_period(code)
    if period.type != SEMESTER:
        raise UserError(
            f"La rendicontazione semestrale vuole un semestre, come {period.start.year}-S1: "
            f"«{period.code}» non lo è."
        )
    return period


def _context(release: Release, period: Period) -> Context:
    semesters = {record["period"]: record["is_complete"] for record in queries.semesters(release)}
    if not semesters:
        raise UserError(
            "La pubblicazione non contiene ancora alcun semestre: carica le prese in carico e gli interventi "
            "con «osservatorio run CARTELLA»."
        )
    if period.code not in semesters:
        raise UserError(
            f"Il semestre {period.code} non è nella pubblicazione «{release.id}»: scegli fra "
            f"{join_words(list(semesters))}."
        )
    before = period.year_before
    return Context(
        release, period, before if before.code in semesters else None, bool(semesters[period.code])
    )


def _write(home: Home, report: Report, document: bytes, sheets: bytes) -> ProducedReport:
    folder = home.reports / report.release_id
    name = f"{report.key}_{report.period_code}"
    produced = ProducedReport(folder / f"{name}.pdf", folder / f"{name}.xlsx")
    try:
        write_atomically(produced.pdf, document)
        write_atomically(produced.xlsx, sheets)
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere il rapporto in «{folder}» ({reason_it(error)}): controlla lo spazio e i permessi, "
            "chiudi il file se è aperto in un altro programma, poi riprova."
        ) from error
    return produced


def _tell(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress("Rapporto semestrale", done, STEPS)
